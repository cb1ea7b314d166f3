-- Boxes for secret ballots. A box is a table of its own for each poll, so that it can be dropped whole when its ballots have been rewritten.
-- Only the owner may make and drop tables, so these two functions work with the owner's rights; only a crossing may call them.

CREATE FUNCTION ballot_box_make(of_poll uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE box text := 'ballot_box_' || replace(of_poll::text, '-', '');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE secret_ballot INCLUDING ALL)', box);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', box);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', box);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO {prefix}_crossing', box);
    EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO {prefix}_crossing USING (true)', box || '_select', box);
    EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO {prefix}_crossing WITH CHECK (true)', box || '_insert', box);
END $$;

CREATE FUNCTION ballot_box_drop(of_poll uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE %I', 'ballot_box_' || replace(of_poll::text, '-', ''));
END $$;
