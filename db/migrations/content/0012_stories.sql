-- What readers do with stories, and the orders in which stories are read.

CREATE INDEX story_tag_feed ON story_tag (side, tag, at DESC, item DESC) WHERE at IS NOT NULL;
CREATE INDEX item_side ON item (kind, side, published_at DESC, id DESC) WHERE state = 'published' AND place IS NULL;

CREATE TABLE reaction (
    id UUID PRIMARY KEY NOT NULL,
    item UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind SMALLINT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
-- One of each reader; an author's thanks stands beside it.
CREATE UNIQUE INDEX reaction_one ON reaction (item, person) WHERE kind < 32;
CREATE UNIQUE INDEX reaction_thanks ON reaction (item, person) WHERE kind = 32;
CREATE INDEX reaction_kind ON reaction (item, kind);
CREATE INDEX reaction_person ON reaction (person);

CREATE TABLE kept (
    id UUID PRIMARY KEY NOT NULL,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    item UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX kept_one ON kept (item, person);
CREATE INDEX kept_person ON kept (person, at DESC, id DESC);
