-- The words are those of db/groups_tables.py. Posts are numbered in 0015_groups_posts.

CREATE TABLE peer_group (
    id UUID PRIMARY KEY NOT NULL,
    name VARCHAR(40) NOT NULL,
    purpose VARCHAR(200) NOT NULL,
    rules TEXT NOT NULL,
    topics VARCHAR(120) NOT NULL,
    bands VARCHAR(2) NOT NULL,
    side VARCHAR(1) NOT NULL,
    type VARCHAR(10) NOT NULL,
    pace VARCHAR(10) NOT NULL,
    cap SMALLINT NOT NULL,
    slow SMALLINT NOT NULL DEFAULT 0,
    hours VARCHAR(60) NOT NULL,
    lang VARCHAR(30) NOT NULL,
    starts_on DATE,
    ends_on DATE,
    posts INTEGER NOT NULL DEFAULT 0,
    pinned UUID,
    closed_at TIMESTAMPTZ,
    looked_after TIMESTAMPTZ NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    -- The database itself refuses a group across the two sides.
    CHECK (bands IN ('a', 'b', 'ab', 'c')),
    CHECK ((side = 't') = (bands <> 'c') AND side IN ('t', 'y'))
);
CREATE INDEX peer_group_side ON peer_group (side, made_at DESC, id DESC);

CREATE TABLE membership (
    id UUID PRIMARY KEY NOT NULL,
    grp UUID NOT NULL REFERENCES peer_group (id) ON DELETE CASCADE,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    state VARCHAR(10) NOT NULL,
    way VARCHAR(10) NOT NULL,
    facilitator BOOLEAN NOT NULL DEFAULT FALSE,
    muted_by UUID,
    muted_at TIMESTAMPTZ,
    posted_at TIMESTAMPTZ,
    at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX membership_one ON membership (grp, person);
CREATE INDEX membership_person ON membership (person, state);

CREATE TABLE group_post (
    item UUID PRIMARY KEY NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    grp UUID NOT NULL REFERENCES peer_group (id) ON DELETE CASCADE,
    n INTEGER NOT NULL
);
CREATE UNIQUE INDEX group_post_n ON group_post (grp, n DESC);
CREATE INDEX item_post_mine ON item (place, author) WHERE kind = 'post';
