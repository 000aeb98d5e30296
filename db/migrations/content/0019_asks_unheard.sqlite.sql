-- Asks join those who wait to be heard: from a third of their time on, until they close, with fewer than three views.

ALTER TABLE unheard ADD COLUMN until TIMESTAMPTZ;
CREATE INDEX unheard_until ON unheard (until) WHERE waits AND until IS NOT NULL;

CREATE TRIGGER unheard_ask AFTER UPDATE OF at, views, taken, closed_at, side ON ask
BEGIN
    INSERT INTO unheard (item, side, since, until, replies, answered_at, waits)
    SELECT NEW.item, NEW.side,
        strftime('%Y-%m-%d %H:%M:%f000+00:00', NEW.at, '+' || (NEW.hours * 20) || ' minutes'),
        strftime('%Y-%m-%d %H:%M:%f000+00:00', NEW.at, '+' || NEW.hours || ' hours'),
        MIN(NEW.views, 1), NEW.answered_at, NEW.closed_at IS NULL AND NEW.taken < NEW.wanted AND NEW.views < 3
    WHERE NEW.at IS NOT NULL
    ON CONFLICT (item) DO UPDATE SET side = EXCLUDED.side, since = EXCLUDED.since, until = EXCLUDED.until,
        replies = EXCLUDED.replies, answered_at = EXCLUDED.answered_at, waits = EXCLUDED.waits;
    UPDATE unheard SET waits = FALSE WHERE item = NEW.item AND NEW.at IS NULL;
END;
CREATE TRIGGER unheard_ask_new AFTER INSERT ON ask WHEN NEW.at IS NOT NULL
BEGIN UPDATE ask SET at = at WHERE item = NEW.item; END;

-- Those that are open already.
UPDATE ask SET at = at WHERE at IS NOT NULL;
