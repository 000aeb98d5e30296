-- Who answers a story again changes nothing, so nothing is counted. Whoever looks holds the story first.

CREATE OR REPLACE FUNCTION reply_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown_before BOOLEAN := TG_OP <> 'INSERT' AND OLD.state = 'published';
    shown_now BOOLEAN := TG_OP <> 'DELETE' AND NEW.state = 'published';
    moved item := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF moved.kind = 'reply' AND shown_before <> shown_now THEN
        PERFORM 1 FROM story WHERE item = moved.place FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM item AS other WHERE other.place = moved.place AND other.author = moved.author
            AND other.kind = 'reply' AND other.state = 'published' AND other.id <> moved.id) THEN
            RETURN NULL;
        END IF;
        UPDATE story SET replies = (
                SELECT COUNT(DISTINCT reply.author) FROM item AS reply WHERE reply.place = moved.place
                AND reply.kind = 'reply' AND reply.state = 'published' AND reply.author <> whole.author),
            answered_at = CASE WHEN shown_now THEN COALESCE(answered_at, moved.published_at) ELSE answered_at END
        FROM item AS whole WHERE story.item = moved.place AND whole.id = moved.place AND moved.author <> whole.author;
    END IF;
    RETURN NULL;
END;
$$;
