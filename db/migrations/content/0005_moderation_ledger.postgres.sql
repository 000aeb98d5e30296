-- What was decided and what staff opened can be added to and never rewritten, whoever asks.

CREATE FUNCTION ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only.';
END;
$$;
CREATE TRIGGER ruling_stays BEFORE UPDATE OR DELETE ON ruling
FOR EACH ROW EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER ruling_kept BEFORE TRUNCATE ON ruling
FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER sighting_stays BEFORE UPDATE OR DELETE ON sighting
FOR EACH ROW EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER sighting_kept BEFORE TRUNCATE ON sighting
FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();
