-- Crossings of the assembly. Each begins by asking for whom the caller acts; {prefix} is the role prefix of this database.

-- SHA-256 of a motion's title and text, as it stands on the board.
CREATE FUNCTION motion_hash(its_title text, its_text text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT encode(sha256(convert_to(its_title || E'\n' || its_text, 'UTF8')), 'hex') $$;

-- A delegate of the acting co-op: the person of this session, who holds that role there at this moment.
CREATE FUNCTION acting_delegate() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE who uuid := nullif(current_setting('app.person', true), '')::uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM membership m WHERE m.person_id = who AND m.tenant_id = acting_tenant() AND m.role = 'delegate') THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'not-a-delegate';
    END IF;
    RETURN who;
END $$;

-- A draft becomes a motion before the assembly: from now on its text is everybody's to read.
CREATE FUNCTION motion_submit(of_draft uuid, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d motion_draft%ROWTYPE; made uuid := uuidv7(); who uuid := acting_delegate(); me uuid := acting_tenant();
BEGIN
    SELECT * INTO d FROM motion_draft WHERE tenant_id = me AND id = of_draft FOR UPDATE;
    IF d.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant'; END IF;
    IF d.motion_id IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'submitted-already'; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('motion-number', 0));
    INSERT INTO motion (id, number, kind, title, text, plain_words, if_passes, if_falls, effect, moved_by_coop, moved_by, submitted_at, text_hash)
    SELECT made, coalesce(max(m.number), 0) + 1, d.kind, d.title, d.text, d.plain_words, d.if_passes, d.if_falls, d.effect, me, who, at,
        motion_hash(d.title, d.text) FROM motion m;
    INSERT INTO motion_text (motion_id, version, text, why, hash, made_at) VALUES (made, 1, d.text, 'As it was submitted', motion_hash(d.title, d.text), at);
    UPDATE motion_draft SET motion_id = made WHERE tenant_id = me AND id = of_draft;
    RETURN made;
END $$;

-- Second a motion (any co-op but the mover's), or take it back (the mover's, until notice is given).
CREATE FUNCTION motion_move(of_motion uuid, move text, its_words text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE m motion%ROWTYPE; me uuid := acting_tenant(); who uuid := acting_delegate(); target text;
BEGIN
    SELECT * INTO m FROM motion WHERE id = of_motion FOR UPDATE;
    IF m.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such motion'; END IF;
    IF move = 'second' AND m.moved_by_coop = me THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'own-motion'; END IF;
    IF move = 'withdraw' AND m.moved_by_coop <> me THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'not-your-motion'; END IF;
    target := CASE WHEN move = 'second' AND m.state = 'submitted' THEN 'seconded'
                   WHEN move = 'withdraw' AND m.state IN ('submitted', 'seconded', 'admitted') THEN 'withdrawn' END;
    IF target IS NULL THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-such-move'; END IF;
    UPDATE motion SET state = target, version = version + 1, state_words = CASE WHEN move = 'withdraw' THEN its_words ELSE state_words END,
        seconded_by_coop = CASE WHEN move = 'second' THEN me ELSE seconded_by_coop END,
        seconded_at = CASE WHEN move = 'second' THEN at ELSE seconded_at END,
        ended_at = CASE WHEN move = 'withdraw' THEN at ELSE ended_at END
    WHERE id = of_motion;
    RETURN target;
END $$;

-- Put another wording to the assembly, until voting opens.
CREATE FUNCTION amendment_submit(of_motion uuid, its_text text, its_why text, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE m motion%ROWTYPE; made uuid := uuidv7(); me uuid := acting_tenant(); who uuid := acting_delegate();
BEGIN
    SELECT * INTO m FROM motion WHERE id = of_motion FOR UPDATE;
    IF m.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such motion'; END IF;
    IF m.state NOT IN ('submitted', 'seconded', 'admitted', 'noticed') THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'too-late-to-amend';
    END IF;
    INSERT INTO amendment (id, motion_id, number, text, why, by_coop, by_person, on_version, submitted_at)
    SELECT made, of_motion, coalesce(max(a.number), 0) + 1, its_text, its_why, me, who, m.text_version, at FROM amendment a WHERE a.motion_id = of_motion;
    RETURN made;
END $$;

-- The mover makes an amendment its own (before notice; the text changes), or its author takes it back.
CREATE FUNCTION amendment_move(of_amendment uuid, move text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a amendment%ROWTYPE; m motion%ROWTYPE; me uuid := acting_tenant(); who uuid := acting_delegate();
BEGIN
    SELECT * INTO a FROM amendment WHERE id = of_amendment;
    SELECT * INTO m FROM motion WHERE id = a.motion_id FOR UPDATE;
    SELECT * INTO a FROM amendment WHERE id = of_amendment FOR UPDATE;
    IF a.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such amendment'; END IF;
    IF (move = 'merge' AND m.moved_by_coop <> me) OR (move = 'withdraw' AND a.by_coop <> me) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'not-your-motion';
    END IF;
    IF a.state NOT IN ('submitted', 'admitted') OR move NOT IN ('merge', 'withdraw') THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-such-move';
    END IF;
    IF move = 'withdraw' THEN
        UPDATE amendment SET state = 'withdrawn' WHERE id = of_amendment;
        RETURN 'withdrawn';
    END IF;
    IF m.state NOT IN ('submitted', 'seconded', 'admitted') THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'notice-given'; END IF;
    IF a.on_version <> m.text_version THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'text-moved-on'; END IF;
    UPDATE motion SET text = a.text, text_version = m.text_version + 1, version = version + 1, text_hash = motion_hash(m.title, a.text) WHERE id = m.id;
    INSERT INTO motion_text (motion_id, version, text, why, hash, made_at)
    VALUES (m.id, m.text_version + 1, a.text, 'Amendment ' || a.number || ', accepted by the mover', motion_hash(m.title, a.text), at);
    UPDATE amendment SET state = 'merged' WHERE id = of_amendment;
    RETURN 'merged';
END $$;

-- Speak in the debate of a motion, until its vote has closed.
CREATE FUNCTION motion_say(of_motion uuid, its_leaning text, its_words text, answers uuid, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE m motion%ROWTYPE; made uuid := uuidv7();
BEGIN
    SELECT * INTO m FROM motion WHERE id = of_motion;
    IF m.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such motion'; END IF;
    IF m.state NOT IN ('submitted', 'seconded', 'admitted', 'noticed', 'voting') THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'debate-over';
    END IF;
    INSERT INTO motion_remark (id, motion_id, by_coop, by_person, leaning, words, answers_id, said_at)
    SELECT made, of_motion, acting_tenant(), nullif(current_setting('app.person', true), '')::uuid, its_leaning, its_words,
        (SELECT r.id FROM motion_remark r WHERE r.id = answers AND r.motion_id = of_motion), at;
    RETURN made;
END $$;

-- What the acting co-op has done about a policy.
CREATE FUNCTION policy_tell(of_policy uuid, its_state text, its_words text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO policy_report (policy_id, coop_id, state, words, told_at) VALUES (of_policy, acting_tenant(), its_state, its_words, at)
    ON CONFLICT (policy_id, coop_id) DO UPDATE SET state = EXCLUDED.state, words = EXCLUDED.words, told_at = EXCLUDED.told_at;
END $$;

-- Stand in an election: a delegate nominates for the co-op.
CREATE FUNCTION candidate_stand(of_election uuid, its_name text, its_class text, its_statement text, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE e election%ROWTYPE; made uuid := uuidv7(); who uuid := acting_delegate();
BEGIN
    SELECT * INTO e FROM election WHERE id = of_election AND state <> 'draft';
    IF e.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such election'; END IF;
    IF e.state <> 'nominations' OR at > e.nominations_until THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'nominations-closed'; END IF;
    IF its_class <> '' AND NOT e.classes ? its_class OR its_class = '' AND e.classes <> '[]'::jsonb THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-such-class';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('candidates:' || of_election, 0));
    IF EXISTS (SELECT FROM candidate c WHERE c.election_id = of_election AND c.state = 'nominated' AND lower(c.name) = lower(its_name)) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'stands-already';
    END IF;
    INSERT INTO candidate (id, election_id, name, coop_id, class_name, statement, nominated_at)
    VALUES (made, of_election, its_name, acting_tenant(), its_class, its_statement, at);
    RETURN made;
END $$;

-- Take a nomination back, until voting opens.
CREATE FUNCTION candidate_withdraw(of_candidate uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE c candidate%ROWTYPE; who uuid := acting_delegate();
BEGIN
    SELECT * INTO c FROM candidate WHERE id = of_candidate AND coop_id = acting_tenant() FOR UPDATE;
    IF c.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant'; END IF;
    IF NOT EXISTS (SELECT FROM election e WHERE e.id = c.election_id AND e.state IN ('nominations', 'listed')) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'voting-has-begun';
    END IF;
    UPDATE candidate SET state = 'withdrawn' WHERE id = of_candidate;
END $$;

-- A delegate comes to a meeting or leaves it.
CREATE FUNCTION meeting_attend(of_meeting uuid, its_name text, its_way text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE g meeting%ROWTYPE; who uuid := acting_delegate(); me uuid := acting_tenant();
BEGIN
    SELECT * INTO g FROM meeting WHERE id = of_meeting AND state <> 'draft';
    IF g.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such meeting'; END IF;
    IF g.state NOT IN ('called', 'open') OR g.way = 'correspondence' OR at < g.starts_at - interval '2 hours' THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'not-the-hour';
    END IF;
    IF its_way = 'leave' THEN
        UPDATE attendance SET left_at = at WHERE meeting_id = of_meeting AND coop_id = me AND person_id = who AND left_at IS NULL;
        RETURN;
    END IF;
    INSERT INTO attendance (meeting_id, coop_id, name, person_id, way, came_at) VALUES (of_meeting, me, its_name, who, its_way, at)
    ON CONFLICT (meeting_id, coop_id, name) DO UPDATE SET left_at = NULL, way = EXCLUDED.way, person_id = EXCLUDED.person_id;
END $$;

-- Let the delegates of another co-op vote for this one: in one poll, or in all until a day. Two legs, one id.
CREATE FUNCTION proxy_give(to_coop uuid, of_poll uuid, from_day date, until_day date, its_words text, cap integer, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made uuid := uuidv7(); me uuid := acting_tenant(); who uuid := nullif(current_setting('app.person', true), '')::uuid; held integer;
BEGIN
    IF to_coop = me OR NOT EXISTS (SELECT FROM tenant t WHERE t.id = to_coop AND t.kind = 'coop' AND t.left_on IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-such-holder';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('proxy:' || to_coop, 0));
    IF EXISTS (SELECT FROM proxy p WHERE p.tenant_id = me AND p.side = 'giver' AND p.ended_at IS NULL AND p.until_date >= from_day
               AND p.from_date <= until_day AND p.poll_id IS NOT DISTINCT FROM of_poll) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'proxy-given-already';
    END IF;
    SELECT count(DISTINCT p.counterparty_id) INTO held FROM proxy p WHERE p.tenant_id = to_coop AND p.side = 'holder' AND p.ended_at IS NULL
        AND p.until_date >= from_day AND p.from_date <= until_day AND p.counterparty_id <> me;
    IF held >= cap THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'proxy-cap'; END IF;
    INSERT INTO proxy (tenant_id, id, side, counterparty_id, poll_id, from_date, until_date, words, given_by, given_at)
    SELECT leg.tenant, made, leg.side, leg.other, of_poll, from_day, until_day, its_words, who, at
    FROM (VALUES ('giver', me, to_coop), ('holder', to_coop, me)) AS leg (side, tenant, other);
    RETURN made;
END $$;

-- End a proxy: either side may.
CREATE FUNCTION proxy_end(of_proxy uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM proxy p WHERE p.id = of_proxy AND p.tenant_id = acting_tenant() AND p.ended_at IS NULL) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    UPDATE proxy SET ended_at = at WHERE id = of_proxy;
END $$;

-- The table in which the secret ballots of an open poll lie.
CREATE FUNCTION ballot_box(of_poll uuid) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT 'ballot_box_' || replace(of_poll::text, '-', '') $$;

-- Whether these are parts that the method takes: units as given, each choice or ranking one that stands in the poll.
CREATE FUNCTION ballot_parts_fit(its_method text, its_choices jsonb, its_parts jsonb, its_units integer) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(its_parts) <> 'array' OR jsonb_array_length(its_parts) NOT BETWEEN 1 AND 100 THEN RETURN false; END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(its_parts) p WHERE jsonb_typeof(p) <> 'object' OR NOT p ? 'units' OR NOT p ? 'vote'
               OR jsonb_typeof(p -> 'units') <> 'number' OR (p ->> 'units') !~ '^[1-9][0-9]{0,8}$' OR (p - 'units' - 'vote') <> '{}'::jsonb) THEN
        RETURN false;
    END IF;
    IF (SELECT sum((p ->> 'units')::bigint) FROM jsonb_array_elements(its_parts) p) <> its_units THEN RETURN false; END IF;
    IF (SELECT count(DISTINCT p -> 'vote') FROM jsonb_array_elements(its_parts) p) <> jsonb_array_length(its_parts) THEN RETURN false; END IF;
    IF its_method = 'yes_no' THEN
        RETURN NOT EXISTS (SELECT FROM jsonb_array_elements(its_parts) p WHERE p -> 'vote' NOT IN ('"for"', '"against"', '"abstain"'));
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM jsonb_array_elements(its_parts) p WHERE jsonb_typeof(p -> 'vote') <> 'array'
        OR (SELECT count(*) <> count(DISTINCT x) FROM jsonb_array_elements(p -> 'vote') x)
        OR EXISTS (SELECT FROM jsonb_array_elements(p -> 'vote') x
                   WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(its_choices) c WHERE c -> 'id' = x)));
END $$;

-- Cast votes for one's own co-op, or for one whose proxy it holds. Weight, electorate and time come from the poll and its database, never from
-- the caller. The answer: what was cast, and the receipt; for a secret poll the ids of the unit ballots, known from here on to the voter alone.
CREATE FUNCTION ballot_cast(of_poll uuid, for_coop uuid, its_parts jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p poll%ROWTYPE; me uuid := acting_tenant(); who uuid := acting_delegate();
    whole integer; mine integer; holder_id uuid; its_way text; used bigint; before turnout%ROWTYPE; receipt_text text; ids jsonb;
    cap integer;
BEGIN
    -- Closing takes this row for itself, so that no vote slips past it.
    SELECT * INTO p FROM poll WHERE id = of_poll FOR SHARE;
    IF p.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such poll'; END IF;
    IF p.by_hand THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'by-hand'; END IF;
    IF p.state <> 'open' OR at < p.opens_at OR at > p.closes_at THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'poll-not-open'; END IF;
    whole := coalesce((p.weights ->> for_coop::text)::integer, 0);
    IF whole = 0 THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-votes'; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('votes:' || of_poll || for_coop, 0));
    mine := whole; holder_id := for_coop; its_way := 'delegate';
    IF for_coop <> me THEN
        IF NOT EXISTS (SELECT FROM proxy x WHERE x.tenant_id = me AND x.side = 'holder' AND x.counterparty_id = for_coop AND x.ended_at IS NULL
                       AND (x.poll_id IS NULL OR x.poll_id = of_poll) AND (at AT TIME ZONE 'Europe/London')::date BETWEEN x.from_date AND x.until_date) THEN
            RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-proxy';
        END IF;
        IF EXISTS (SELECT FROM delegate_share s WHERE s.tenant_id = for_coop AND s.poll_id = of_poll) THEN
            RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'votes-divided';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended('proxies:' || of_poll || me, 0));
        cap := coalesce((p.rule ->> 'proxy_cap')::integer, 0);
        IF (SELECT count(*) FROM turnout t WHERE t.poll_id = of_poll AND t.way = 'proxy' AND t.by_coop = me AND t.tenant_id <> for_coop) >= cap THEN
            RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'proxy-cap';
        END IF;
        its_way := 'proxy';
    ELSIF EXISTS (SELECT FROM delegate_share s WHERE s.tenant_id = me AND s.poll_id = of_poll) THEN
        SELECT s.units, s.person_id INTO mine, holder_id FROM delegate_share s WHERE s.tenant_id = me AND s.poll_id = of_poll AND s.person_id = who;
        IF holder_id IS NULL THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-share'; END IF;
    ELSIF EXISTS (SELECT FROM alternate a WHERE a.tenant_id = me AND a.person_id = who) THEN
        its_way := 'alternate';
    END IF;
    IF NOT ballot_parts_fit(p.method, p.choices, its_parts, mine) THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'wrong-parts'; END IF;
    SELECT coalesce(sum(t.units), 0) INTO used FROM turnout t WHERE t.tenant_id = for_coop AND t.poll_id = of_poll AND t.holder <> holder_id;
    IF used + mine > whole THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'votes-divided'; END IF;
    SELECT * INTO before FROM turnout t WHERE t.tenant_id = for_coop AND t.poll_id = of_poll AND t.holder = holder_id;
    IF before.holder IS NOT NULL THEN
        IF p.secret OR NOT coalesce((p.rule ->> 'may_change')::boolean, false) THEN
            RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'already-voted';
        END IF;
        IF its_way IN ('alternate', 'proxy') AND before.way = 'delegate' THEN
            RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'delegate-has-voted';
        END IF;
    END IF;
    INSERT INTO turnout (tenant_id, poll_id, holder, person_id, by_coop, units, way, cast_at)
    VALUES (for_coop, of_poll, holder_id, who, me, mine, its_way, at)
    ON CONFLICT (tenant_id, poll_id, holder) DO UPDATE
    SET person_id = EXCLUDED.person_id, by_coop = EXCLUDED.by_coop, way = EXCLUDED.way, cast_at = EXCLUDED.cast_at;
    IF p.secret THEN
        EXECUTE format('WITH made AS (INSERT INTO %I (poll_id, vote) SELECT $1, x -> ''vote'' FROM jsonb_array_elements($2) x,'
                       ' generate_series(1, (x ->> ''units'')::integer) RETURNING id, vote)'
                       ' SELECT jsonb_agg(jsonb_build_object(''id'', id, ''vote'', vote)) FROM made', ballot_box(of_poll))
            INTO ids USING of_poll, its_parts;
        RETURN jsonb_build_object('units', mine, 'ballots', ids);
    END IF;
    receipt_text := encode(sha256(convert_to(concat_ws('|', of_poll, for_coop, holder_id, its_parts::text, at, gen_random_uuid()), 'UTF8')), 'hex');
    INSERT INTO ballot (tenant_id, poll_id, holder, units, parts, receipt) VALUES (for_coop, of_poll, holder_id, mine, its_parts, receipt_text)
    ON CONFLICT (tenant_id, poll_id, holder) DO UPDATE SET units = EXCLUDED.units, parts = EXCLUDED.parts, receipt = EXCLUDED.receipt, changes = ballot.changes + 1;
    RETURN jsonb_build_object('units', mine, 'receipt', receipt_text);
END $$;

-- How many co-ops and votes have been cast so far; never how.
CREATE FUNCTION poll_turnout(of_poll uuid, OUT coops bigint, OUT units bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT t.tenant_id), coalesce(sum(t.units), 0) FROM turnout t WHERE t.poll_id = of_poll AND acting_tenant() IS NOT NULL
$$;

-- The returning officer's acts on the ballots of a poll: make the box of a secret one; close; begin anew after the text has changed.
CREATE FUNCTION poll_act(of_poll uuid, move text, at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p poll%ROWTYPE; moved bigint := 0;
BEGIN
    IF session_user <> '{prefix}_office' THEN RAISE insufficient_privilege USING MESSAGE = 'not the office'; END IF;
    SELECT * INTO p FROM poll WHERE id = of_poll FOR UPDATE;
    IF p.id IS NULL THEN RAISE insufficient_privilege USING MESSAGE = 'no such poll'; END IF;
    IF move = 'open' AND p.state = 'planned' THEN
        IF p.secret THEN PERFORM ballot_box_make(of_poll); END IF;
        UPDATE poll SET state = 'open', opened_at = at, version = version + 1 WHERE id = of_poll;
    ELSIF move = 'close' AND p.state = 'open' THEN
        UPDATE poll SET state = 'closed', closed_at = at, version = version + 1 WHERE id = of_poll;
        IF p.secret THEN
            EXECUTE format('INSERT INTO secret_ballot (id, poll_id, vote) SELECT id, poll_id, vote FROM %I ORDER BY random()', ballot_box(of_poll));
            GET DIAGNOSTICS moved = ROW_COUNT;
            PERFORM ballot_box_drop(of_poll);
        END IF;
    ELSIF move = 'void' AND p.state IN ('planned', 'open') THEN
        IF p.secret AND p.state = 'open' THEN PERFORM ballot_box_drop(of_poll); END IF;
        UPDATE poll SET state = 'void', closed_at = at, version = version + 1 WHERE id = of_poll;
    ELSIF move = 'reopen' AND p.state = 'open' THEN
        IF p.secret THEN PERFORM ballot_box_drop(of_poll); PERFORM ballot_box_make(of_poll); END IF;
        DELETE FROM ballot WHERE poll_id = of_poll;
        DELETE FROM turnout WHERE poll_id = of_poll;
        GET DIAGNOSTICS moved = ROW_COUNT;
        UPDATE poll SET reopened_at = at, version = version + 1 WHERE id = of_poll;
    ELSE
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'no-such-move';
    END IF;
    RETURN moved;
END $$;

-- The ballots of a poll that has closed, for the count and the board: recorded ones by co-op, secret ones in random order.
CREATE FUNCTION poll_ballots(of_poll uuid) RETURNS TABLE (coop uuid, holder uuid, units integer, parts jsonb, receipt text, id uuid, vote jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF session_user <> '{prefix}_office' THEN RAISE insufficient_privilege USING MESSAGE = 'not the office'; END IF;
    IF NOT EXISTS (SELECT FROM poll q WHERE q.id = of_poll AND q.state IN ('closed', 'declared')) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'poll-not-closed';
    END IF;
    RETURN QUERY SELECT b.tenant_id, b.holder, b.units, b.parts, b.receipt::text, NULL::uuid, NULL::jsonb FROM ballot b
        WHERE b.poll_id = of_poll ORDER BY b.tenant_id, b.holder;
    RETURN QUERY SELECT NULL::uuid, NULL::uuid, 1, NULL::jsonb, NULL::text, s.id, s.vote FROM secret_ballot s WHERE s.poll_id = of_poll ORDER BY random();
END $$;

-- Votes that two tellers took down in a meeting become recorded ballots. `lines`: co-op to parts; weights come from the poll.
CREATE FUNCTION ballots_by_hand(of_poll uuid, lines jsonb, at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p poll%ROWTYPE; line record; mine integer; counted integer := 0;
BEGIN
    IF session_user <> '{prefix}_office' THEN RAISE insufficient_privilege USING MESSAGE = 'not the office'; END IF;
    SELECT * INTO p FROM poll WHERE id = of_poll FOR SHARE;
    IF p.state <> 'open' OR NOT p.by_hand OR p.secret THEN RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'poll-not-open'; END IF;
    FOR line IN SELECT key::uuid AS coop, value AS parts FROM jsonb_each(lines) LOOP
        mine := coalesce((p.weights ->> line.coop::text)::integer, 0);
        IF mine = 0 OR NOT ballot_parts_fit(p.method, p.choices, line.parts, mine) THEN
            RAISE EXCEPTION USING ERRCODE = 'FD003', MESSAGE = 'wrong-parts';
        END IF;
        INSERT INTO turnout (tenant_id, poll_id, holder, by_coop, units, way, cast_at) VALUES (line.coop, of_poll, line.coop, line.coop, mine, 'teller', at)
        ON CONFLICT (tenant_id, poll_id, holder) DO UPDATE SET cast_at = EXCLUDED.cast_at;
        INSERT INTO ballot (tenant_id, poll_id, holder, units, parts, receipt)
        VALUES (line.coop, of_poll, line.coop, mine, line.parts, encode(sha256(convert_to(of_poll || line.parts::text || gen_random_uuid(), 'UTF8')), 'hex'))
        ON CONFLICT (tenant_id, poll_id, holder) DO UPDATE SET parts = EXCLUDED.parts, receipt = EXCLUDED.receipt, changes = ballot.changes + 1;
        counted := counted + 1;
    END LOOP;
    RETURN counted;
END $$;
