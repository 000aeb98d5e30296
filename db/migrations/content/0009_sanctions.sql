-- The words are those of db/moderation_tables.py.

CREATE TABLE sanction_appeal (
    id UUID PRIMARY KEY NOT NULL,
    sanction UUID NOT NULL REFERENCES sanction (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    state VARCHAR(10) NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ
);
-- A second opinion for each step, not a third and a fourth.
CREATE UNIQUE INDEX sanction_appeal_once ON sanction_appeal (sanction);
-- The desk asks what was ever done, to propose what comes next; the partial index knows only what stands.
CREATE INDEX sanction_history ON sanction (person, at);
