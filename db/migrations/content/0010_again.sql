-- Published words by the rules that read them, so that "is anything older?" costs a step for each version.
CREATE INDEX item_read_by ON item (read_by, id) WHERE state = 'published';
