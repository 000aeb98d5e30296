-- What the jobs ask every half minute must not read every person.

CREATE INDEX person_next_band ON person (next_band_on) WHERE next_band_on IS NOT NULL;
CREATE INDEX person_codes ON person (codes_sealed) WHERE codes_sealed IS NOT NULL;
