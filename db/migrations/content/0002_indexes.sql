-- Every foreign key leads an index, or deleting a person would scan whole tables.

CREATE UNIQUE INDEX person_name_key ON person (name_key);
CREATE INDEX person_leaving ON person (leaving_at) WHERE leaving_at IS NOT NULL;

CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_at);

CREATE UNIQUE INDEX recovery_code_hash ON recovery_code (code_hash);
CREATE INDEX recovery_code_person ON recovery_code (person);

CREATE INDEX consent_person_kind ON consent (person, kind, given_at DESC);

CREATE INDEX attempt_resets ON attempt (resets_at);

-- A retry from the phone finds its first attempt here.
CREATE UNIQUE INDEX entry_person_cid ON entry (person, cid);
-- The timeline, newest day first, page by page.
CREATE INDEX entry_timeline ON entry (person, local_date DESC, felt_at DESC, id DESC);
-- A year of skies is read from this index alone. (SQLite would not, were it partial.)
CREATE INDEX entry_day ON entry (person, local_date, removed_at, mood);
CREATE INDEX entry_removed ON entry (removed_at) WHERE removed_at IS NOT NULL;

CREATE INDEX revision_entry ON revision (entry);

CREATE UNIQUE INDEX skipped_prompt_person ON skipped_prompt (person, prompt);
