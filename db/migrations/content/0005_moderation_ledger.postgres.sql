-- What was decided and what staff opened can be added to and never rewritten, whoever asks.
-- OR REPLACE, since db/migrate.py takes a plain CREATE TRIGGER for one of SQLite's, which ends with END.

CREATE FUNCTION ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only.';
END;
$$;
CREATE OR REPLACE TRIGGER ruling_stays BEFORE UPDATE OR DELETE ON ruling
FOR EACH ROW EXECUTE FUNCTION ledger_stays();
CREATE OR REPLACE TRIGGER ruling_kept BEFORE TRUNCATE ON ruling
FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();
CREATE OR REPLACE TRIGGER sighting_stays BEFORE UPDATE OR DELETE ON sighting
FOR EACH ROW EXECUTE FUNCTION ledger_stays();
CREATE OR REPLACE TRIGGER sighting_kept BEFORE TRUNCATE ON sighting
FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();
