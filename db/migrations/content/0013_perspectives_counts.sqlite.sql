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

-- What somebody took from it goes with it.
CREATE TRIGGER ask_withdrawn AFTER UPDATE OF state ON item WHEN NEW.kind = 'ask' AND NEW.state = 'withdrawn'
BEGIN UPDATE ask SET took = NULL WHERE item = NEW.id; END;
