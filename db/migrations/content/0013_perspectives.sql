-- The words are those of db/perspectives_tables.py. How many views there are is counted in 0013_perspectives_counts.

CREATE TABLE ask (
    item UUID PRIMARY KEY NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    angles SMALLINT NOT NULL,
    wanted SMALLINT NOT NULL,
    hours SMALLINT NOT NULL,
    tz VARCHAR(64) NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0,
    views INTEGER NOT NULL DEFAULT 0,
    answered_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    took BYTEA,
    side VARCHAR(1) NOT NULL,
    at TIMESTAMPTZ
);
-- Only those that take another view are in it, so that a list costs the same however many are full.
CREATE INDEX ask_open ON ask (side, at DESC, item DESC)
    WHERE at IS NOT NULL AND closed_at IS NULL AND taken < wanted;
CREATE TABLE perspective (
    item UUID PRIMARY KEY NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    angle SMALLINT NOT NULL,
    mark SMALLINT
);
-- One view of each person, whatever happens at once; who took theirs back may write another.
CREATE UNIQUE INDEX item_view ON item (place, author) WHERE kind = 'view' AND state <> 'withdrawn';
