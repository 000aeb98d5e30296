-- The words are those of db/tables.py, and tests/db/test_migrations.py compares the two.
-- Only types that both engines understand; SQLite takes them as names for its converters.

CREATE TABLE person (
    id UUID PRIMARY KEY NOT NULL,
    name VARCHAR(20) NOT NULL,
    name_key VARCHAR(80) NOT NULL,
    passphrase VARCHAR(255) NOT NULL,
    band VARCHAR(1) NOT NULL,
    next_band_on DATE,
    country VARCHAR(2) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    leaving_at TIMESTAMPTZ,
    codes_sealed BYTEA,
    demo BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE session (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    token_hash VARCHAR(64) NOT NULL,
    device VARCHAR(60) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE recovery_code (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    code_hash VARCHAR(64) NOT NULL,
    used_at TIMESTAMPTZ
);

CREATE TABLE consent (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind VARCHAR(20) NOT NULL,
    text_version VARCHAR(10) NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ
);

CREATE TABLE attempt (
    key VARCHAR(64) PRIMARY KEY NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    resets_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE entry (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    cid UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    mood SMALLINT CHECK (mood BETWEEN 1 AND 5),
    energy SMALLINT,
    sealed BYTEA NOT NULL,
    felt_at TIMESTAMPTZ NOT NULL,
    local_date DATE NOT NULL,
    tz VARCHAR(64) NOT NULL,
    edited_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ
);

CREATE TABLE revision (
    id UUID PRIMARY KEY NOT NULL,
    entry UUID NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    mood SMALLINT,
    energy SMALLINT,
    sealed BYTEA NOT NULL,
    edited_at TIMESTAMPTZ NOT NULL,
    kept_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE skipped_prompt (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    prompt VARCHAR(40) NOT NULL
);

CREATE TABLE shredded (
    person_hash VARCHAR(64) PRIMARY KEY NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

CREATE TABLE instance (
    name VARCHAR(40) PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
