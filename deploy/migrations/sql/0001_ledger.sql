-- Double entry, checked where it cannot be forgotten: when a transaction ends, each entry it made has at least two lines
-- that add up to nought; and no line joins an entry that another transaction made.
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    entry uuid := CASE TG_TABLE_NAME WHEN 'ledger_entry' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'entry_id' END;
    lines bigint;
    difference numeric;
BEGIN
    SELECT count(*), coalesce(sum(pence), 0) INTO lines, difference
    FROM ledger_line WHERE tenant_id = NEW.tenant_id AND entry_id = entry;
    IF lines < 2 OR difference <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'ledger-entry-does-not-balance',
            DETAIL = format('%s lines, %s pence apart', lines, difference);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_line_belongs() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_entry WHERE tenant_id = NEW.tenant_id AND id = NEW.entry_id
                   AND posted_in = pg_current_xact_id()::text) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'ledger-entry-is-closed';
    END IF;
    RETURN NEW;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
CREATE CONSTRAINT TRIGGER ledger_line_balances AFTER INSERT ON ledger_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
CREATE TRIGGER ledger_line_belongs BEFORE INSERT ON ledger_line FOR EACH ROW EXECUTE FUNCTION ledger_line_belongs();
