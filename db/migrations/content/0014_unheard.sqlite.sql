-- Who waits to be heard: a row beside each item that others may answer. The words are those of db/unheard_tables.py.

CREATE TABLE unheard (
    item UUID PRIMARY KEY NOT NULL REFERENCES item (id) ON DELETE CASCADE,
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

-- Asks will join with the same two triggers on their own table.
CREATE TRIGGER unheard_item AFTER UPDATE OF state, private, published_at, side ON item WHEN NEW.kind = 'story'
BEGIN
    INSERT INTO unheard (item, side, since, replies, answered_at, waits)
    SELECT item.id, item.side, item.published_at, story.replies, story.answered_at,
        item.state = 'published' AND NOT item.private AND story.replies < 2 AND story.closed_at IS NULL
    FROM item JOIN story ON story.item = item.id WHERE item.id = NEW.id AND item.published_at IS NOT NULL
    ON CONFLICT (item) DO UPDATE SET side = EXCLUDED.side, since = EXCLUDED.since, replies = EXCLUDED.replies,
        answered_at = EXCLUDED.answered_at, waits = EXCLUDED.waits;
END;
CREATE TRIGGER unheard_story AFTER UPDATE OF replies, closed_at ON story
BEGIN
    INSERT INTO unheard (item, side, since, replies, answered_at, waits)
    SELECT item.id, item.side, item.published_at, story.replies, story.answered_at,
        item.state = 'published' AND NOT item.private AND story.replies < 2 AND story.closed_at IS NULL
    FROM item JOIN story ON story.item = item.id WHERE item.id = NEW.item AND item.published_at IS NOT NULL
    ON CONFLICT (item) DO UPDATE SET side = EXCLUDED.side, since = EXCLUDED.since, replies = EXCLUDED.replies,
        answered_at = EXCLUDED.answered_at, waits = EXCLUDED.waits;
END;
CREATE TRIGGER unheard_new AFTER INSERT ON story
BEGIN
    INSERT INTO unheard (item, side, since, replies, answered_at, waits)
    SELECT item.id, item.side, item.published_at, 0, NULL, item.state = 'published' AND NOT item.private
    FROM item WHERE item.id = NEW.item AND item.published_at IS NOT NULL;
END;

-- To be shown one is to be asked for it: counted with the rest that begins then, in the same statement.
CREATE TRIGGER unheard_asked_new AFTER INSERT ON choice WHEN NEW.about IS NOT NULL
BEGIN UPDATE unheard SET asked = MIN(asked + 1, 3), asked_at = NEW.at WHERE item = NEW.about; END;
CREATE TRIGGER unheard_asked AFTER UPDATE OF about ON choice WHEN NEW.about IS NOT NULL
BEGIN UPDATE unheard SET asked = MIN(asked + 1, 3), asked_at = NEW.at WHERE item = NEW.about; END;

INSERT INTO unheard (item, side, since, replies, answered_at, waits)
SELECT item.id, item.side, item.published_at, story.replies, story.answered_at,
    item.state = 'published' AND NOT item.private AND story.replies < 2 AND story.closed_at IS NULL
FROM item JOIN story ON story.item = item.id WHERE item.published_at IS NOT NULL;
