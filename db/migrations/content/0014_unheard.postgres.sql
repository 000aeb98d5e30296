-- Who waits to be heard: a row beside each item that others may answer. The words are those of db/unheard_tables.py.

CREATE TABLE unheard (
    item UUID PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    side VARCHAR(1) NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    replies INTEGER NOT NULL,
    answered_at TIMESTAMPTZ,
    waits BOOLEAN NOT NULL,
    asked SMALLINT NOT NULL DEFAULT 0,
    asked_at TIMESTAMPTZ,
    told_at TIMESTAMPTZ,
    called_at TIMESTAMPTZ,
    desk_at TIMESTAMPTZ
);
-- The queue: within one class the oldest first, so that a page reads a few heads, whatever waits.
CREATE INDEX unheard_queue ON unheard (side, replies, asked, since, item) WHERE waits;
CREATE INDEX unheard_told ON unheard (side, since) WHERE waits AND replies = 0 AND told_at IS NULL;
CREATE INDEX unheard_called ON unheard (since) WHERE waits AND replies = 0 AND called_at IS NULL;
CREATE INDEX unheard_desk ON unheard (since) WHERE waits AND replies = 0 AND desk_at IS NULL;
CREATE INDEX unheard_counted ON unheard (side, since, replies, answered_at);
-- Whether somebody answered already, whatever became of their answer.
CREATE INDEX item_answered ON item (place, author) WHERE place IS NOT NULL;
CREATE INDEX hold_unheard ON hold (subject) WHERE kind = 'unheard' AND ended_at IS NULL;

ALTER TABLE choice ADD COLUMN about UUID;

-- Asks will join with the same two triggers on their own table. Two answers shown at the same moment both
-- wait for the story's own row first, so the later of them counts both.
CREATE FUNCTION unheard_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved UUID;
BEGIN
    IF TG_TABLE_NAME = 'item' THEN moved := NEW.id; ELSE moved := NEW.item; END IF;
    INSERT INTO unheard (item, side, since, replies, answered_at, waits)
    SELECT item.id, item.side, item.published_at, story.replies, story.answered_at,
        item.state = 'published' AND NOT item.private AND story.replies < 2 AND story.closed_at IS NULL
    FROM item JOIN story ON story.item = item.id WHERE item.id = moved AND item.published_at IS NOT NULL
    ON CONFLICT (item) DO UPDATE SET side = EXCLUDED.side, since = EXCLUDED.since, replies = EXCLUDED.replies,
        answered_at = EXCLUDED.answered_at, waits = EXCLUDED.waits;
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER unheard_item AFTER UPDATE OF state, private, published_at, side ON item
FOR EACH ROW WHEN (NEW.kind = 'story') EXECUTE FUNCTION unheard_moved();
CREATE OR REPLACE TRIGGER unheard_story AFTER INSERT OR UPDATE OF replies, closed_at ON story
FOR EACH ROW EXECUTE FUNCTION unheard_moved();

-- To be shown one is to be asked for it: counted with the rest that begins then, in the same statement.
CREATE FUNCTION unheard_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE unheard SET asked = LEAST(asked + 1, 3), asked_at = NEW.at WHERE item = NEW.about;
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER unheard_asked AFTER INSERT OR UPDATE OF about ON choice
FOR EACH ROW WHEN (NEW.about IS NOT NULL) EXECUTE FUNCTION unheard_counted();

INSERT INTO unheard (item, side, since, replies, answered_at, waits)
SELECT item.id, item.side, item.published_at, story.replies, story.answered_at,
    item.state = 'published' AND NOT item.private AND story.replies < 2 AND story.closed_at IS NULL
FROM item JOIN story ON story.item = item.id WHERE item.published_at IS NOT NULL;
