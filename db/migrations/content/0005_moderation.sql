-- The words are those of db/moderation_tables.py.

CREATE TABLE item (
    id UUID PRIMARY KEY NOT NULL,
    author UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    cid UUID NOT NULL,
    kind VARCHAR(20) NOT NULL,
    place UUID,
    band VARCHAR(1) NOT NULL,
    side VARCHAR(1) NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    sealed BYTEA NOT NULL,
    intent VARCHAR(20) NOT NULL,
    notes VARCHAR(80) NOT NULL,
    topics VARCHAR(120) NOT NULL,
    state VARCHAR(12) NOT NULL
        CHECK (state IN ('held', 'published', 'returned', 'removed', 'safeguarding', 'hidden', 'withdrawn')),
    reason VARCHAR(12) NOT NULL,
    private BOOLEAN NOT NULL DEFAULT FALSE,
    tier VARCHAR(10) NOT NULL,
    about VARCHAR(5) NOT NULL,
    labels VARCHAR(100) NOT NULL,
    rules VARCHAR(400) NOT NULL,
    read_by VARCHAR(20) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    edited_at TIMESTAMPTZ,
    published_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX item_author_cid ON item (author, cid);
CREATE INDEX item_author ON item (author, created_at DESC, id DESC);
-- What others read, newest first, by kind and by place.
CREATE INDEX item_feed ON item (kind, published_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX item_place ON item (place, published_at, id) WHERE state = 'published' AND place IS NOT NULL;

CREATE TABLE hold (
    id UUID PRIMARY KEY NOT NULL,
    kind VARCHAR(10) NOT NULL,
    subject UUID NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    reason VARCHAR(12) NOT NULL,
    risk SMALLINT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    handed_to UUID,
    handed_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX hold_open ON hold (subject, kind) WHERE ended_at IS NULL;
-- The queue: within one risk, the oldest first.
CREATE INDEX hold_queue ON hold (risk, since, id) WHERE ended_at IS NULL;
CREATE INDEX hold_subject ON hold (subject);
CREATE INDEX hold_person ON hold (person);

CREATE TABLE ruling (
    id UUID PRIMARY KEY NOT NULL,
    item UUID,
    person UUID NOT NULL,
    action VARCHAR(12) NOT NULL,
    before VARCHAR(12) NOT NULL,
    after VARCHAR(12) NOT NULL,
    by UUID,
    at TIMESTAMPTZ NOT NULL,
    why VARCHAR(12) NOT NULL,
    first INTEGER,
    last INTEGER,
    sealed BYTEA,
    version INTEGER NOT NULL DEFAULT 0,
    policy VARCHAR(10) NOT NULL,
    waited INTEGER
);
CREATE INDEX ruling_item ON ruling (item, at, id);
CREATE INDEX ruling_person ON ruling (person, at);
CREATE INDEX ruling_at ON ruling (at, action);
CREATE INDEX ruling_waited ON ruling (at) WHERE waited IS NOT NULL;

CREATE TABLE appeal (
    id UUID PRIMARY KEY NOT NULL,
    item UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    ruling UUID NOT NULL,
    sealed BYTEA NOT NULL,
    state VARCHAR(10) NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ
);
-- One appeal for each ruling: a second opinion, not a third and a fourth.
CREATE UNIQUE INDEX appeal_ruling ON appeal (ruling);
CREATE INDEX appeal_item ON appeal (item);
CREATE INDEX appeal_at ON appeal (at);

CREATE TABLE report (
    id UUID PRIMARY KEY NOT NULL,
    reporter UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    subject UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    about UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    reason VARCHAR(12) NOT NULL,
    sealed BYTEA NOT NULL,
    counts BOOLEAN NOT NULL DEFAULT TRUE,
    status VARCHAR(10) NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ
);
-- Telling us the same thing twice, or from the outbox again, is one report.
CREATE UNIQUE INDEX report_open ON report (reporter, subject) WHERE done_at IS NULL;
CREATE INDEX report_reporter ON report (reporter, at DESC, id DESC);
CREATE INDEX report_subject ON report (subject, at);
CREATE INDEX report_about ON report (about);
CREATE INDEX report_at ON report (at);

CREATE TABLE evidence (
    id UUID PRIMARY KEY NOT NULL,
    item UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX evidence_item ON evidence (item, version);
CREATE INDEX evidence_until ON evidence (until);

CREATE TABLE sanction (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind VARCHAR(10) NOT NULL,
    item UUID,
    why VARCHAR(12) NOT NULL,
    by UUID NOT NULL,
    second UUID,
    at TIMESTAMPTZ NOT NULL,
    since TIMESTAMPTZ,
    until TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);
CREATE INDEX sanction_person ON sanction (person) WHERE ended_at IS NULL;

CREATE TABLE sighting (
    id UUID PRIMARY KEY NOT NULL,
    by UUID NOT NULL,
    item UUID NOT NULL,
    why VARCHAR(12) NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sighting_item ON sighting (item, at);

CREATE TABLE shift (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    started_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX shift_open ON shift (person) WHERE ended_at IS NULL;

CREATE TABLE unseen (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    item UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX unseen_person ON unseen (person, item);
CREATE INDEX unseen_item ON unseen (item);
