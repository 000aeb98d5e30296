-- The words are those of db/groups_codes_tables.py. A code itself is nowhere: only its keyed hash.

CREATE TABLE group_code (
    id UUID PRIMARY KEY NOT NULL,
    grp UUID NOT NULL REFERENCES peer_group (id) ON DELETE CASCADE,
    code_hash VARCHAR(64) NOT NULL,
    cap SMALLINT NOT NULL,
    uses SMALLINT NOT NULL DEFAULT 0,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    -- The database itself refuses one use too many.
    CHECK (uses >= 0 AND uses <= cap)
);
CREATE UNIQUE INDEX group_code_hash ON group_code (code_hash);
CREATE INDEX group_code_grp ON group_code (grp, made_at DESC, id DESC);

CREATE TABLE group_code_use (
    id UUID PRIMARY KEY NOT NULL,
    code UUID NOT NULL REFERENCES group_code (id) ON DELETE CASCADE,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX group_code_use_one ON group_code_use (code, person);
CREATE INDEX group_code_use_person ON group_code_use (person);
