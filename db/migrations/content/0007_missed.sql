-- The words are those of db/missed.py.

CREATE TABLE missed (
    id UUID PRIMARY KEY NOT NULL,
    rule VARCHAR(60) NOT NULL,
    verdict VARCHAR(10) NOT NULL,
    day DATE NOT NULL,
    times INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX missed_rule ON missed (day, rule, verdict);
