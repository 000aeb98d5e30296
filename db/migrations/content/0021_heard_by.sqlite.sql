-- Two answers by one person are one person who answered: whoever hears only from them still waits for a second.

DROP TRIGGER reply_in;
DROP TRIGGER reply_moved;
DROP TRIGGER reply_out;
CREATE TRIGGER reply_in AFTER INSERT ON item WHEN NEW.kind = 'reply' AND NEW.state = 'published'
BEGIN
    UPDATE story SET answered_at = COALESCE(answered_at, NEW.published_at), replies = (
        SELECT COUNT(DISTINCT reply.author) FROM item AS reply WHERE reply.place = NEW.place
        AND reply.kind = 'reply' AND reply.state = 'published' AND reply.author <> whole.author)
    FROM item AS whole WHERE story.item = NEW.place AND whole.id = NEW.place AND NEW.author <> whole.author;
END;
CREATE TRIGGER reply_moved AFTER UPDATE OF state ON item
WHEN NEW.kind = 'reply' AND (NEW.state = 'published') <> (OLD.state = 'published')
BEGIN
    UPDATE story SET answered_at = COALESCE(answered_at, NEW.published_at), replies = (
        SELECT COUNT(DISTINCT reply.author) FROM item AS reply WHERE reply.place = NEW.place
        AND reply.kind = 'reply' AND reply.state = 'published' AND reply.author <> whole.author)
    FROM item AS whole WHERE story.item = NEW.place AND whole.id = NEW.place AND NEW.author <> whole.author;
END;
CREATE TRIGGER reply_out AFTER DELETE ON item WHEN OLD.kind = 'reply' AND OLD.state = 'published'
BEGIN
    UPDATE story SET replies = (
        SELECT COUNT(DISTINCT reply.author) FROM item AS reply WHERE reply.place = OLD.place
        AND reply.kind = 'reply' AND reply.state = 'published' AND reply.author <> whole.author)
    FROM item AS whole WHERE story.item = OLD.place AND whole.id = OLD.place AND OLD.author <> whole.author;
END;

-- Those that were counted by answers. What they wait for follows (0014).
UPDATE story SET replies = (
    SELECT COUNT(DISTINCT reply.author) FROM item AS reply WHERE reply.place = story.item
    AND reply.kind = 'reply' AND reply.state = 'published' AND reply.author <> whole.author)
FROM item AS whole WHERE whole.id = story.item AND story.replies > 1;
