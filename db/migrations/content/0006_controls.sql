-- The words are those of db/control_tables.py and db/staff_tables.py.

CREATE TABLE block (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    other UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL
);
-- A feed asks in both directions, and reads only these.
CREATE UNIQUE INDEX block_person ON block (person, other);
CREATE INDEX block_other ON block (other, person);

CREATE TABLE choice (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind VARCHAR(10) NOT NULL,
    other UUID REFERENCES person (id) ON DELETE CASCADE,
    topic VARCHAR(20),
    sealed BYTEA,
    at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ
);
CREATE INDEX choice_person ON choice (person, kind);
CREATE INDEX choice_other ON choice (other) WHERE other IS NOT NULL;
CREATE INDEX choice_until ON choice (until) WHERE until IS NOT NULL;

CREATE TABLE staff_role (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role VARCHAR(20) NOT NULL,
    granted_by VARCHAR(80) NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL,
    removed_by VARCHAR(80),
    removed_at TIMESTAMPTZ
);
CREATE INDEX staff_role_person ON staff_role (person);
CREATE UNIQUE INDEX staff_role_held ON staff_role (person, role) WHERE removed_at IS NULL;

CREATE TABLE second_factor (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ,
    last_step INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX second_factor_person ON second_factor (person);

CREATE TABLE staff_check (
    id UUID PRIMARY KEY NOT NULL,
    session UUID NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    until TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX staff_check_session ON staff_check (session);
CREATE INDEX staff_check_until ON staff_check (until);

CREATE TABLE factor_reset (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    operator UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX factor_reset_pair ON factor_reset (person, operator);
CREATE INDEX factor_reset_operator ON factor_reset (operator);
