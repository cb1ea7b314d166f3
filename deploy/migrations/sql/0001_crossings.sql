-- Every crossing of the wall, and the few plain functions they share. Each is owned by the crossing role, which owns no table and may do to each
-- table only what the model's Isolation(crossing=…) says; each begins by checking for whom the caller acts.
-- {prefix} stands for the role prefix of this database.

-- Who am I acting for? Raises when no scope is open. The office acts for the federation body, whatever it may set.
CREATE FUNCTION acting_tenant() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN session_user = '{prefix}_office' THEN '00000000-0000-7000-8000-000000000001'::uuid
             ELSE current_setting('app.tenant')::uuid END $$;

-- The office may act on any book or record; a member only on its own. The session's login tells them apart.
CREATE FUNCTION may_act_for(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT wanted = current_setting('app.tenant')::uuid OR session_user = '{prefix}_office' $$;

-- The door's jobs stand in the federation's outbox.
CREATE FUNCTION job_tenant() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN session_user = '{prefix}_door' THEN '00000000-0000-7000-8000-000000000001'::uuid
           ELSE current_setting('app.tenant')::uuid END
$$;

-- Append one row to a tenant's record. The lock makes the chain a line; the unique previous hash makes a fork impossible.
CREATE FUNCTION audit_append(of_tenant uuid, did text, kind text, object uuid, what jsonb, happened timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last audit_entry%ROWTYPE;
    who uuid := nullif(current_setting('app.person', true), '')::uuid;
    next_number bigint;
BEGIN
    IF session_user <> '{prefix}_door' AND NOT may_act_for(of_tenant) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || of_tenant::text, 0));
    SELECT * INTO last FROM audit_entry WHERE tenant_id = of_tenant ORDER BY number DESC LIMIT 1;
    next_number := coalesce(last.number, 0) + 1;
    INSERT INTO audit_entry (tenant_id, number, at, person_id, act, object_kind, object_id, facts, previous_hash, hash)
    VALUES (of_tenant, next_number, happened, who, did, kind, object, what, coalesce(last.hash, ''::bytea),
            audit_hash(coalesce(last.hash, ''::bytea), of_tenant, next_number, happened, who, did, kind, object, what));
END $$;

-- The hash of one row of the record: SHA-256 over the hash before it and every column, parted by a byte none can hold.
CREATE FUNCTION audit_hash(previous bytea, of_tenant uuid, number bigint, happened timestamptz, who uuid, did text,
                           kind text, object uuid, what jsonb)
RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(previous || convert_to(concat_ws(E'\x1f', of_tenant::text, number::text,
        extract(epoch FROM happened)::text, coalesce(who::text, '-'), did, kind, coalesce(object::text, '-'), what::text), 'UTF8'))
$$;

-- The acting tenant's own record, newest first, a page at a time; of one object, or of all.
CREATE FUNCTION audit_rows(of_object uuid, before_number bigint, at_most integer)
RETURNS SETOF audit_entry LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM audit_entry
    WHERE tenant_id = acting_tenant() AND (of_object IS NULL OR object_id = of_object)
      AND (before_number IS NULL OR number < before_number)
    ORDER BY number DESC LIMIT least(at_most, 1000)
$$;

-- The first row of the acting tenant's record whose hash is wrong, or nothing.
CREATE FUNCTION audit_first_broken() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(number) FROM (
        SELECT number, hash, previous_hash, lag(hash, 1, ''::bytea) OVER chain AS before, lag(number, 1, 0::bigint) OVER chain AS was,
               audit_hash(previous_hash, tenant_id, number, at, person_id, act, object_kind, object_id, facts) AS again
        FROM audit_entry WHERE tenant_id = acting_tenant() WINDOW chain AS (ORDER BY number)
    ) AS checked WHERE hash <> again OR previous_hash <> before OR number <> was + 1
$$;

-- How long the acting tenant's record is, and its newest hash.
CREATE FUNCTION audit_head(OUT length bigint, OUT hash bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(max(number), 0), (SELECT a.hash FROM audit_entry a WHERE a.tenant_id = acting_tenant() ORDER BY a.number DESC LIMIT 1)
    FROM audit_entry WHERE tenant_id = acting_tenant()
$$;

-- Put work into the acting tenant's outbox. With a once_key, work of that key which has not begun is not put twice: the row is
-- locked until the asking transaction ends, so that the work cannot begin before what it is to look at can be seen.
CREATE FUNCTION outbox_put(in_tenant uuid, job_kind text, job_label text, job_link text, job_shown boolean, job_payload jsonb, once text, due timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made uuid;
BEGIN
    IF session_user <> '{prefix}_door' AND NOT may_act_for(in_tenant) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    LOOP
        INSERT INTO outbox (tenant_id, person_id, kind, label, link, shown, payload, once_key, run_at)
        VALUES (in_tenant, nullif(current_setting('app.person', true), '')::uuid, job_kind, job_label, job_link, job_shown, job_payload, once, due)
        ON CONFLICT (tenant_id, once_key) WHERE once_key IS NOT NULL AND state = 'waiting' DO NOTHING
        RETURNING id INTO made;
        IF made IS NULL THEN
            SELECT id INTO made FROM outbox WHERE tenant_id = in_tenant AND once_key = once AND state = 'waiting' FOR SHARE;
        END IF;
        EXIT WHEN made IS NOT NULL;
    END LOOP;
    RETURN made;
END $$;

-- Begin one piece of the acting tenant's work: nothing comes back when it has ended, or was called off.
CREATE FUNCTION outbox_start(job uuid, lease interval) RETURNS SETOF outbox
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE outbox SET state = 'running', once_key = NULL, tries = tries + 1, lease_until = clock_timestamp() + lease
    WHERE tenant_id = job_tenant() AND id = job AND state IN ('waiting', 'running') AND NOT cancel_asked RETURNING *
$$;

-- Say how far the work is; the answer is whether it should stop. Keeps the lease alive.
CREATE FUNCTION outbox_progress(job uuid, step_words text, done_percent integer, lease interval) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE outbox SET step = step_words, percent = done_percent, lease_until = clock_timestamp() + lease
    WHERE tenant_id = job_tenant() AND id = job AND state = 'running' RETURNING cancel_asked
$$;

-- End the work: done, failed, cancelled, or waiting again until `due`.
CREATE FUNCTION outbox_end(job uuid, new_state text, outcome jsonb, trouble text, due timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE outbox SET state = new_state, result = outcome, problem = trouble, lease_until = NULL,
        percent = CASE WHEN new_state = 'done' THEN 100 ELSE percent END, run_at = coalesce(due, run_at),
        ended_at = CASE WHEN new_state = 'waiting' THEN NULL ELSE clock_timestamp() END
    WHERE tenant_id = job_tenant() AND id = job AND state IN ('waiting', 'running')
$$;

-- Ask for a piece of the acting tenant's work to stop; what has not begun is called off at once.
CREATE FUNCTION outbox_cancel(job uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE outbox SET cancel_asked = true, state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END,
        ended_at = CASE WHEN state = 'waiting' THEN clock_timestamp() END
    WHERE tenant_id = acting_tenant() AND id = job AND state IN ('waiting', 'running') RETURNING true
$$;

-- Try failed work of the acting tenant again.
CREATE FUNCTION outbox_retry(job uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE outbox SET state = 'waiting', once_key = NULL, tries = 0, cancel_asked = false, ended_at = NULL, problem = NULL, percent = 0, run_at = clock_timestamp()
    WHERE tenant_id = acting_tenant() AND id = job AND state IN ('failed', 'cancelled') RETURNING true
$$;

-- The acting tenant's work, newest first: one piece, or those that are shown.
CREATE FUNCTION outbox_rows(one uuid, at_most integer) RETURNS SETOF outbox
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM outbox WHERE tenant_id = acting_tenant() AND CASE WHEN one IS NULL THEN shown ELSE id = one END
    ORDER BY created_at DESC LIMIT least(at_most, 500)
$$;

-- Begin a request that carries a key: nothing when it is new; the stored answer when it is not. Waits for one under way.
CREATE FUNCTION idempotency_begin(its_key text, its_hash text) RETURNS SETOF idempotency_key
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE who uuid := current_setting('app.person')::uuid;
BEGIN
    DELETE FROM idempotency_key k WHERE k.tenant_id = acting_tenant() AND k.created_at < clock_timestamp() - interval '24 hours';
    INSERT INTO idempotency_key (tenant_id, person_id, key, request_hash) VALUES (acting_tenant(), who, its_key, its_hash)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN RETURN; END IF;
    RETURN QUERY SELECT * FROM idempotency_key k WHERE k.tenant_id = acting_tenant() AND k.person_id = who AND k.key = its_key FOR UPDATE;
END $$;

CREATE FUNCTION idempotency_store(its_key text, its_status integer, its_headers jsonb, its_body text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE idempotency_key k SET status = its_status, headers = its_headers, body = its_body
    WHERE k.tenant_id = acting_tenant() AND k.person_id = current_setting('app.person')::uuid AND k.key = its_key
$$;

-- Ask for a letter to people of one tenant in some roles, without learning their addresses: a member may write to its own people,
-- and to the federation's officers. The answer is how many letters were made.
CREATE FUNCTION mail_to_roles(of_tenant uuid, to_roles text[], its_subject text, its_body text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE letters integer;
BEGIN
    IF NOT may_act_for(of_tenant) AND of_tenant <> '00000000-0000-7000-8000-000000000001'::uuid THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    INSERT INTO mail (person_id, to_address, subject, body)
    SELECT DISTINCT p.id, p.email, its_subject, its_body FROM person p JOIN membership m ON m.person_id = p.id
    WHERE m.tenant_id = of_tenant AND m.role = ANY (to_roles) AND p.closed_at IS NULL;
    GET DIAGNOSTICS letters = ROW_COUNT;
    RETURN letters;
END $$;

-- A closed round takes no demand, also when the click was on its way: the round's row is locked against closing meanwhile.
CREATE FUNCTION demand_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now_state text;
BEGIN
    SELECT state INTO now_state FROM buying_round WHERE id = coalesce(NEW.round_id, OLD.round_id) FOR SHARE;
    IF now_state IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION USING ERRCODE = 'FD001', MESSAGE = 'round-not-open';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

-- The packs that all co-ops together need, an item at a time: only items that three co-ops other than the asking one want, and only
-- when as many have answered, so that neither a total nor what is left of it without one's own rests on fewer than three.
CREATE FUNCTION round_totals(of_round uuid) RETURNS TABLE (item_id uuid, packs bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.item_id, sum(d.packs) FROM demand d JOIN buying_round r ON r.id = d.round_id
    WHERE d.round_id = of_round AND r.state <> 'draft'
    GROUP BY d.item_id HAVING count(*) FILTER (WHERE d.tenant_id <> acting_tenant()) >= 3
$$;

-- How many co-ops have answered a round.
CREATE FUNCTION round_answered(of_round uuid) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM demand_answer a JOIN buying_round r ON r.id = a.round_id
    WHERE a.round_id = of_round AND r.state <> 'draft' AND acting_tenant() IS NOT NULL
$$;

-- For the dispatcher alone: take work that is due, and work whose worker has gone silent. Nothing of what the work is about comes back.
CREATE FUNCTION outbox_claim(at_most integer, lease interval) RETURNS TABLE (tenant_id uuid, id uuid, kind text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE outbox o SET lease_until = clock_timestamp() + lease,
        state = CASE WHEN o.cancel_asked THEN 'cancelled' WHEN o.state = 'running' AND o.tries >= o.max_tries THEN 'failed' ELSE 'waiting' END,
        problem = CASE WHEN o.state = 'running' AND o.tries >= o.max_tries THEN 'The program that did this work stopped each time it was tried.' ELSE o.problem END,
        ended_at = CASE WHEN o.cancel_asked OR (o.state = 'running' AND o.tries >= o.max_tries) THEN clock_timestamp() END
    WHERE (o.tenant_id, o.id) IN (
        SELECT d.tenant_id, d.id FROM outbox d
        WHERE d.state IN ('waiting', 'running') AND d.run_at <= clock_timestamp() AND (d.lease_until IS NULL OR d.lease_until < clock_timestamp())
        ORDER BY d.run_at LIMIT at_most FOR UPDATE SKIP LOCKED)
    RETURNING o.tenant_id, o.id, o.kind
$$;

-- For the dispatcher and the health page: how much work waits, how long the oldest has been due, how much has failed.
CREATE FUNCTION outbox_health(OUT waiting bigint, OUT running bigint, OUT failed bigint, OUT oldest_due_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state = 'failed'),
        coalesce(max(extract(epoch FROM clock_timestamp() - greatest(run_at, created_at))) FILTER (WHERE state = 'waiting' AND run_at <= clock_timestamp()), 0)::double precision
    FROM outbox
$$;
