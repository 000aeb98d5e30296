-- A view takes a place while it is shown or being read, and gives it back whichever verb or clean-up moves it.

CREATE TRIGGER view_in AFTER INSERT ON item WHEN NEW.kind = 'view'
BEGIN
    UPDATE ask SET
        taken = taken + (NEW.state IN ('held', 'published', 'safeguarding', 'hidden') AND NOT NEW.private),
        views = views + (NEW.state = 'published' AND NOT NEW.private),
        answered_at = CASE WHEN NEW.state = 'published' AND NOT NEW.private
            THEN COALESCE(answered_at, NEW.published_at) ELSE answered_at END
    WHERE item = NEW.place;
END;
CREATE TRIGGER view_moved AFTER UPDATE OF state, private ON item WHEN NEW.kind = 'view'
BEGIN
    UPDATE ask SET
        taken = taken + (NEW.state IN ('held', 'published', 'safeguarding', 'hidden') AND NOT NEW.private)
            - (OLD.state IN ('held', 'published', 'safeguarding', 'hidden') AND NOT OLD.private),
        views = views + (NEW.state = 'published' AND NOT NEW.private)
            - (OLD.state = 'published' AND NOT OLD.private),
        answered_at = CASE WHEN NEW.state = 'published' AND NOT NEW.private
            THEN COALESCE(answered_at, NEW.published_at) ELSE answered_at END
    WHERE item = NEW.place;
END;
CREATE TRIGGER view_out AFTER DELETE ON item WHEN OLD.kind = 'view'
BEGIN
    UPDATE ask SET
        taken = taken - (OLD.state IN ('held', 'published', 'safeguarding', 'hidden') AND NOT OLD.private),
        views = views - (OLD.state = 'published' AND NOT OLD.private)
    WHERE item = OLD.place;
END;

-- An ask is listed while others may see it; what somebody took from it goes when it is taken back.
CREATE TRIGGER ask_moved AFTER UPDATE OF state, private, published_at, side ON item WHEN NEW.kind = 'ask'
BEGIN
    UPDATE ask SET side = NEW.side,
        at = CASE WHEN NEW.state = 'published' AND NOT NEW.private THEN NEW.published_at END,
        took = CASE WHEN NEW.state <> 'withdrawn' THEN took END
    WHERE item = NEW.id;
END;
