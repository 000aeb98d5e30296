-- The words are those of db/stories_tables.py. `n` is the number that full-text search knows a story by.

CREATE TABLE story (
    n INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    item UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    situations VARCHAR(160) NOT NULL,
    interests VARCHAR(100) NOT NULL,
    after VARCHAR(8) NOT NULL,
    lang VARCHAR(8) NOT NULL,
    letters INTEGER NOT NULL,
    search TEXT NOT NULL,
    replies INTEGER NOT NULL DEFAULT 0,
    answered_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    heard SMALLINT
);
CREATE UNIQUE INDEX story_item ON story (item);

-- What is looked for are keyed hashes of word stems, so the index holds no words (db/stories_search.py).
CREATE VIRTUAL TABLE story_search USING fts5(
    search, content='story', content_rowid='n', tokenize='unicode61', detail='none', columnsize=0
);
CREATE TRIGGER story_search_in AFTER INSERT ON story
BEGIN INSERT INTO story_search (rowid, search) VALUES (NEW.n, NEW.search); END;
CREATE TRIGGER story_search_out AFTER DELETE ON story
BEGIN INSERT INTO story_search (story_search, rowid, search) VALUES ('delete', OLD.n, OLD.search); END;
CREATE TRIGGER story_search_new AFTER UPDATE OF search ON story
BEGIN
    INSERT INTO story_search (story_search, rowid, search) VALUES ('delete', OLD.n, OLD.search);
    INSERT INTO story_search (rowid, search) VALUES (NEW.n, NEW.search);
END;

CREATE TABLE story_tag (
    item UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    tag VARCHAR(40) NOT NULL,
    side VARCHAR(1) NOT NULL,
    at TIMESTAMPTZ,
    PRIMARY KEY (item, tag)
) WITHOUT ROWID;
-- A story stands under its tags while others may see it, and only then; whoever moves it, in the same breath.
CREATE TRIGGER story_moved AFTER UPDATE OF state, private, published_at, side ON item WHEN NEW.kind = 'story'
BEGIN
    UPDATE story_tag SET side = NEW.side,
        at = CASE WHEN NEW.state = 'published' AND NOT NEW.private THEN NEW.published_at END
    WHERE item = NEW.id;
END;

-- Counts follow what is shown, whichever verb or clean-up changes it. Nobody answers themselves.
CREATE TRIGGER reply_in AFTER INSERT ON item WHEN NEW.kind = 'reply' AND NEW.state = 'published'
BEGIN
    UPDATE story SET replies = replies + 1, answered_at = COALESCE(answered_at, NEW.published_at)
    WHERE item = NEW.place AND NEW.author <> (SELECT author FROM item WHERE id = NEW.place);
END;
CREATE TRIGGER reply_moved AFTER UPDATE OF state ON item
WHEN NEW.kind = 'reply' AND (NEW.state = 'published') <> (OLD.state = 'published')
BEGIN
    UPDATE story SET replies = replies + CASE WHEN NEW.state = 'published' THEN 1 ELSE -1 END,
        answered_at = COALESCE(answered_at, NEW.published_at)
    WHERE item = NEW.place AND NEW.author <> (SELECT author FROM item WHERE id = NEW.place);
END;
CREATE TRIGGER reply_out AFTER DELETE ON item WHEN OLD.kind = 'reply' AND OLD.state = 'published'
BEGIN
    UPDATE story SET replies = replies - 1
    WHERE item = OLD.place AND OLD.author <> (SELECT author FROM item WHERE id = OLD.place);
END;
