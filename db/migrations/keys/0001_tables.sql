CREATE TABLE person_key (
    person UUID PRIMARY KEY NOT NULL,
    kek VARCHAR(16) NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    wrapped BYTEA NOT NULL
);
CREATE INDEX person_key_kek ON person_key (kek);

CREATE TABLE key_shredded (
    person_hash VARCHAR(64) PRIMARY KEY NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
