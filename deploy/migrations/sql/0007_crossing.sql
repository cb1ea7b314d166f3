-- Erase work of every tenant that ended before a moment. The office's act.
CREATE FUNCTION outbox_erase(before timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    IF session_user <> '{prefix}_office' THEN RAISE insufficient_privilege USING MESSAGE = 'not the office'; END IF;
    DELETE FROM outbox WHERE state IN ('done', 'failed', 'cancelled') AND ended_at < before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
