-- Who answers a story again changes nothing, and whoever answers anew is counted without counting all the others.

DROP TRIGGER reply_in;
DROP TRIGGER reply_moved;
DROP TRIGGER reply_out;
CREATE TRIGGER reply_in AFTER INSERT ON item WHEN NEW.kind = 'reply' AND NEW.state = 'published'
    AND NOT EXISTS (SELECT 1 FROM item AS other WHERE other.place = NEW.place AND other.author = NEW.author
        AND other.kind = 'reply' AND other.state = 'published' AND other.id <> NEW.id)
BEGIN
    UPDATE story SET replies = replies + 1, answered_at = COALESCE(answered_at, NEW.published_at)
    WHERE item = NEW.place AND NEW.author <> (SELECT author FROM item WHERE id = NEW.place);
END;
CREATE TRIGGER reply_moved AFTER UPDATE OF state ON item
WHEN NEW.kind = 'reply' AND (NEW.state = 'published') <> (OLD.state = 'published')
    AND NOT EXISTS (SELECT 1 FROM item AS other WHERE other.place = NEW.place AND other.author = NEW.author
        AND other.kind = 'reply' AND other.state = 'published' AND other.id <> NEW.id)
BEGIN
    UPDATE story SET replies = replies + CASE WHEN NEW.state = 'published' THEN 1 ELSE -1 END,
        answered_at = COALESCE(answered_at, NEW.published_at)
    WHERE item = NEW.place AND NEW.author <> (SELECT author FROM item WHERE id = NEW.place);
END;
CREATE TRIGGER reply_out AFTER DELETE ON item WHEN OLD.kind = 'reply' AND OLD.state = 'published'
    AND NOT EXISTS (SELECT 1 FROM item AS other WHERE other.place = OLD.place AND other.author = OLD.author
        AND other.kind = 'reply' AND other.state = 'published')
BEGIN
    UPDATE story SET replies = replies - 1
    WHERE item = OLD.place AND OLD.author <> (SELECT author FROM item WHERE id = OLD.place);
END;
