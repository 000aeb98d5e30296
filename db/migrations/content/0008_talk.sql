-- The words are those of db/talk_tables.py and db/moderation_tables.py.

CREATE TABLE talk (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    item UUID,
    lead UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    said_at TIMESTAMPTZ NOT NULL,
    turn VARCHAR(6) NOT NULL CHECK (turn IN ('lead', 'person')),
    again_at TIMESTAMPTZ,
    called_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    ended_by UUID,
    outcome VARCHAR(12) NOT NULL
);
-- One talk at a time: two leads who write at once must not leave somebody with two.
CREATE UNIQUE INDEX talk_open ON talk (person) WHERE ended_at IS NULL;
CREATE INDEX talk_person ON talk (person, at DESC, id DESC);
CREATE INDEX talk_waiting ON talk (said_at, id) WHERE ended_at IS NULL;
CREATE INDEX talk_again ON talk (again_at) WHERE again_at IS NOT NULL AND called_at IS NULL;
CREATE INDEX talk_ended ON talk (ended_at DESC, id DESC) WHERE ended_at IS NOT NULL;

CREATE TABLE talk_line (
    id UUID PRIMARY KEY NOT NULL,
    talk UUID NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    cid UUID NOT NULL,
    who VARCHAR(6) NOT NULL CHECK (who IN ('lead', 'person')),
    by UUID NOT NULL,
    sealed BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
-- The same form sent twice is one line.
CREATE UNIQUE INDEX talk_line_cid ON talk_line (talk, cid);
CREATE INDEX talk_line_at ON talk_line (talk, at DESC, id DESC);

CREATE TABLE talk_note (
    id UUID PRIMARY KEY NOT NULL,
    talk UUID NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    by UUID NOT NULL,
    sealed BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX talk_note_at ON talk_note (talk, at, id);

CREATE TABLE safe_answer (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    item UUID REFERENCES item (id) ON DELETE CASCADE,
    talk UUID REFERENCES talk (id) ON DELETE CASCADE,
    answer VARCHAR(6) NOT NULL CHECK (answer IN ('yes', 'unsure', 'no')),
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX safe_answer_person ON safe_answer (person);
CREATE INDEX safe_answer_item ON safe_answer (item, at) WHERE item IS NOT NULL;
CREATE INDEX safe_answer_talk ON safe_answer (talk, at DESC, id DESC) WHERE talk IS NOT NULL;
CREATE INDEX safe_answer_at ON safe_answer (at);

-- When the page with the card for these words was first opened by their author.
ALTER TABLE item ADD COLUMN card_at TIMESTAMPTZ;
