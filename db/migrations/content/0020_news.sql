-- Whoever asks for it is told, once a day at most, that something was said in a group. `news_n` is the number of
-- the newest post they know of, `news_at` when they last looked or were told.

ALTER TABLE membership ADD COLUMN news BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE membership ADD COLUMN news_n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE membership ADD COLUMN news_at TIMESTAMPTZ;
CREATE INDEX membership_news ON membership (news_at) WHERE news;
