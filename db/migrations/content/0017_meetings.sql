-- The words are those of db/meetings_tables.py.

CREATE TABLE meeting (
    id UUID PRIMARY KEY NOT NULL,
    grp UUID NOT NULL REFERENCES peer_group (id) ON DELETE CASCADE,
    series UUID NOT NULL,
    title VARCHAR(60) NOT NULL,
    about TEXT NOT NULL,
    wall VARCHAR(16) NOT NULL,
    zone VARCHAR(64) NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    minutes SMALLINT NOT NULL,
    mode VARCHAR(10) NOT NULL,
    cap SMALLINT NOT NULL,
    notes VARCHAR(160) NOT NULL,
    access VARCHAR(300) NOT NULL,
    lang VARCHAR(30) NOT NULL,
    area VARCHAR(300) NOT NULL,
    address VARCHAR(300) NOT NULL,
    expect VARCHAR(300) NOT NULL,
    host UUID NOT NULL,
    second UUID NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    agreed_at TIMESTAMPTZ,
    changes SMALLINT NOT NULL DEFAULT 0,
    cancelled_at TIMESTAMPTZ,
    why VARCHAR(300) NOT NULL,
    slow SMALLINT NOT NULL DEFAULT 0,
    pinned UUID,
    closed_at TIMESTAMPTZ,
    -- The database itself refuses a meeting that one person looks after alone.
    CHECK (host <> second),
    CHECK (ends_at > starts_at AND cap > 0)
);
CREATE INDEX meeting_coming ON meeting (grp, ends_at, id);
CREATE INDEX meeting_soon ON meeting (starts_at);
CREATE INDEX meeting_series ON meeting (series);
CREATE INDEX meeting_ended ON meeting (ends_at);

CREATE TABLE registration (
    id UUID PRIMARY KEY NOT NULL,
    meeting UUID NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    state VARCHAR(10) NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    agreed_at TIMESTAMPTZ,
    day_told TIMESTAMPTZ,
    soon_told TIMESTAMPTZ,
    said_at TIMESTAMPTZ,
    came VARCHAR(3) NOT NULL,
    felt VARCHAR(10) NOT NULL
);
CREATE UNIQUE INDEX registration_one ON registration (meeting, person);
CREATE INDEX registration_person ON registration (person);
CREATE INDEX registration_line ON registration (meeting, state, at, id);

-- Without a reference to the meeting: what was said there does not come to light when the meeting is forgotten.
CREATE TABLE meeting_post (
    item UUID PRIMARY KEY NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    meeting UUID NOT NULL
);
CREATE INDEX meeting_post_meeting ON meeting_post (meeting);
