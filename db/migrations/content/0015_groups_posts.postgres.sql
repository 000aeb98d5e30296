-- A post gets its number when others can first see it, whichever verb lets it. The group's row is held until
-- that is committed, so numbers grow in the order in which posts appear: who knows the last one has missed
-- nothing before it. The signal goes out with the commit, and holds ids alone.

CREATE FUNCTION post_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number INTEGER;
BEGIN
    IF EXISTS (SELECT 1 FROM group_post p WHERE p.item = NEW.id) THEN
        RETURN NULL;
    END IF;
    UPDATE peer_group SET posts = posts + 1 WHERE id = NEW.place RETURNING posts INTO number;
    IF number IS NOT NULL THEN
        INSERT INTO group_post (item, grp, n) VALUES (NEW.id, NEW.place, number);
        PERFORM pg_notify('beside_groups', NEW.place::text);
    END IF;
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER post_counted AFTER INSERT OR UPDATE OF state, private ON item
FOR EACH ROW WHEN (NEW.kind = 'post' AND NEW.place IS NOT NULL AND NEW.state = 'published' AND NOT NEW.private)
EXECUTE FUNCTION post_counted();
