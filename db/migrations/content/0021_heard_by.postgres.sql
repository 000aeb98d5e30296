-- Two answers by one person are one person who answered: whoever hears only from them still waits for a second.
-- Whoever counts holds the story first, so that each sees what the other has committed.

CREATE OR REPLACE FUNCTION reply_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown_before BOOLEAN := TG_OP <> 'INSERT' AND OLD.state = 'published';
    shown_now BOOLEAN := TG_OP <> 'DELETE' AND NEW.state = 'published';
    moved item := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF moved.kind = 'reply' AND shown_before <> shown_now THEN
        PERFORM 1 FROM story WHERE item = moved.place FOR NO KEY UPDATE;
        UPDATE story SET replies = (
                SELECT COUNT(DISTINCT reply.author) FROM item AS reply WHERE reply.place = moved.place
                AND reply.kind = 'reply' AND reply.state = 'published' AND reply.author <> whole.author),
            answered_at = CASE WHEN shown_now THEN COALESCE(answered_at, moved.published_at) ELSE answered_at END
        FROM item AS whole WHERE story.item = moved.place AND whole.id = moved.place AND moved.author <> whole.author;
    END IF;
    RETURN NULL;
END;
$$;

-- Those that were counted by answers. What they wait for follows (0014).
UPDATE story SET replies = (
    SELECT COUNT(DISTINCT reply.author) FROM item AS reply WHERE reply.place = story.item
    AND reply.kind = 'reply' AND reply.state = 'published' AND reply.author <> whole.author)
FROM item AS whole WHERE whole.id = story.item AND story.replies > 1;
