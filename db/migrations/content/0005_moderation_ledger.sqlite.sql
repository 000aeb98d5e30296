-- What was decided and what staff opened can be added to and never rewritten, whoever asks.

CREATE TRIGGER ruling_changed BEFORE UPDATE ON ruling
BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
CREATE TRIGGER ruling_deleted BEFORE DELETE ON ruling
BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
CREATE TRIGGER sighting_changed BEFORE UPDATE ON sighting
BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
CREATE TRIGGER sighting_deleted BEFORE DELETE ON sighting
BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER ruling_replaced BEFORE INSERT ON ruling WHEN EXISTS (SELECT 1 FROM ruling WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER sighting_replaced BEFORE INSERT ON sighting WHEN EXISTS (SELECT 1 FROM sighting WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
