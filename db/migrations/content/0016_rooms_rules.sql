-- Rules that change are asked again: `rules_n` grows with them, and `agreed` is the one a member ticked last.

ALTER TABLE peer_group ADD COLUMN rules_n INTEGER NOT NULL DEFAULT 1;
ALTER TABLE membership ADD COLUMN agreed INTEGER NOT NULL DEFAULT 1;
