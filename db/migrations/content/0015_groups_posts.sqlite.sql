-- A post gets its number when others can first see it, whichever verb lets it: with one writer, numbers
-- grow in the order in which posts appear, so that who knows the last one has missed nothing before it.

CREATE TRIGGER post_in AFTER INSERT ON item
WHEN NEW.kind = 'post' AND NEW.place IS NOT NULL AND NEW.state = 'published' AND NOT NEW.private
BEGIN
    UPDATE peer_group SET posts = posts + 1 WHERE id = NEW.place;
    INSERT INTO group_post (item, grp, n) SELECT NEW.id, g.id, g.posts FROM peer_group g WHERE g.id = NEW.place;
END;
CREATE TRIGGER post_moved AFTER UPDATE OF state, private ON item
WHEN NEW.kind = 'post' AND NEW.place IS NOT NULL AND NEW.state = 'published' AND NOT NEW.private
    AND NOT EXISTS (SELECT 1 FROM group_post p WHERE p.item = NEW.id)
BEGIN
    UPDATE peer_group SET posts = posts + 1 WHERE id = NEW.place;
    INSERT INTO group_post (item, grp, n) SELECT NEW.id, g.id, g.posts FROM peer_group g WHERE g.id = NEW.place;
END;
