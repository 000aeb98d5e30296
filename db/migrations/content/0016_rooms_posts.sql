-- What somebody who looks after a group did with a post: a content note beside the author's own, and that it came
-- from another group. It stands beside the item, so that changing the words does not take the note off.

ALTER TABLE group_post ADD COLUMN notes VARCHAR(80) NOT NULL DEFAULT '';
ALTER TABLE group_post ADD COLUMN moved BOOLEAN NOT NULL DEFAULT FALSE;
