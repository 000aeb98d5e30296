-- Today's sky of somebody in a group stands with their membership: one a day, and gone with it. `mix` is what the
-- group is shown: words drawn from at least five skies, never numbers (care/groups_sky.py says why).

ALTER TABLE membership ADD COLUMN sky SMALLINT;
ALTER TABLE membership ADD COLUMN sky_on DATE;
ALTER TABLE membership ADD COLUMN sky_drawn BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX membership_sky ON membership (sky_on) WHERE sky_on IS NOT NULL;
ALTER TABLE peer_group ADD COLUMN mix VARCHAR(40) NOT NULL DEFAULT '';
ALTER TABLE peer_group ADD COLUMN mix_on DATE;
