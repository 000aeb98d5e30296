-- A view takes a place while it is shown or being read, and gives it back whichever verb or clean-up moves it.

CREATE FUNCTION view_takes(state VARCHAR, private BOOLEAN) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN state IN ('held', 'published', 'safeguarding', 'hidden') AND NOT private THEN 1 ELSE 0 END;
$$;
CREATE FUNCTION view_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved item := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    takes INTEGER := 0;
    shown INTEGER := 0;
BEGIN
    IF moved.kind <> 'view' THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        takes := view_takes(NEW.state, NEW.private);
        shown := CASE WHEN NEW.state = 'published' THEN takes ELSE 0 END;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        takes := takes - view_takes(OLD.state, OLD.private);
        shown := shown - CASE WHEN OLD.state = 'published' THEN view_takes(OLD.state, OLD.private) ELSE 0 END;
    END IF;
    UPDATE ask SET taken = taken + takes, views = views + shown,
        answered_at = CASE WHEN shown = 1 THEN COALESCE(answered_at, moved.published_at) ELSE answered_at END
    WHERE item = moved.place;
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER view_counted AFTER INSERT OR DELETE OR UPDATE OF state, private ON item
FOR EACH ROW EXECUTE FUNCTION view_counted();

-- An ask is listed while others may see it; what somebody took from it goes when it is taken back.
CREATE FUNCTION ask_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ask SET side = NEW.side,
        at = CASE WHEN NEW.state = 'published' AND NOT NEW.private THEN NEW.published_at END,
        took = CASE WHEN NEW.state <> 'withdrawn' THEN took END
    WHERE item = NEW.id;
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER ask_moved AFTER UPDATE OF state, private, published_at, side ON item
FOR EACH ROW WHEN (NEW.kind = 'ask') EXECUTE FUNCTION ask_moved();
