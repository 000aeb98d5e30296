-- Asks join those who wait to be heard: from a third of their time on, until they close, with fewer than three views.

ALTER TABLE unheard ADD COLUMN until TIMESTAMPTZ;
CREATE INDEX unheard_until ON unheard (until) WHERE waits AND until IS NOT NULL;

CREATE FUNCTION unheard_ask_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.at IS NULL THEN
        UPDATE unheard SET waits = FALSE WHERE item = NEW.item;
        RETURN NULL;
    END IF;
    INSERT INTO unheard (item, side, since, until, replies, answered_at, waits)
    VALUES (NEW.item, NEW.side, NEW.at + NEW.hours * INTERVAL '20 minutes',
        NEW.at + NEW.hours * INTERVAL '1 hour', LEAST(NEW.views, 1), NEW.answered_at,
        NEW.closed_at IS NULL AND NEW.taken < NEW.wanted AND NEW.views < 3)
    ON CONFLICT (item) DO UPDATE SET side = EXCLUDED.side, since = EXCLUDED.since, until = EXCLUDED.until,
        replies = EXCLUDED.replies, answered_at = EXCLUDED.answered_at, waits = EXCLUDED.waits;
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER unheard_ask AFTER INSERT OR UPDATE OF at, views, taken, closed_at, side ON ask
FOR EACH ROW EXECUTE FUNCTION unheard_ask_moved();

-- Those that are open already.
UPDATE ask SET at = at WHERE at IS NOT NULL;
