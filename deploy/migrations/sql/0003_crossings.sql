-- Crossings of the staff bank. Each begins by asking for whom the caller acts; {prefix} is the role prefix of this database.

-- Work at home is booked time: nobody can be booked twice, in any co-op. Leave is not work and books nothing.
CREATE FUNCTION work_block_books() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM booked_time WHERE tenant_id = OLD.tenant_id AND source_id = OLD.id AND kind = 'rota';
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.kind <> 'leave' THEN
        -- Two who book one person at once would end in a deadlock at the constraint: the second waits here and is told.
        PERFORM pg_advisory_xact_lock(hashtextextended('booked:' || coalesce(c.person_id, c.id)::text, 0))
        FROM carer c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.carer_id;
        INSERT INTO booked_time (person_key, during, kind, source_id, tenant_id)
        SELECT coalesce(c.person_id, c.id), tstzrange(NEW.starts_at, NEW.ends_at), 'rota', NEW.id, NEW.tenant_id
        FROM carer c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.carer_id;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

-- A carer who is given an account keeps what was booked without one.
CREATE FUNCTION carer_rekeys() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE booked_time SET person_key = coalesce(NEW.person_id, NEW.id)
    WHERE tenant_id = NEW.tenant_id AND kind = 'rota'
      AND source_id IN (SELECT b.id FROM work_block b WHERE b.tenant_id = NEW.tenant_id AND b.carer_id = NEW.id);
    RETURN NEW;
END $$;

-- A placement books the carer's time from the acceptance on, and frees it when it ends early, whoever moves it.
CREATE FUNCTION placement_books() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held constant text[] := ARRAY['accepted', 'released', 'confirmed', 'started', 'worked'];
    was boolean := TG_OP = 'UPDATE' AND OLD.state = ANY (held);
BEGIN
    IF NEW.side <> 'home' THEN RETURN NEW; END IF;
    IF NEW.state = ANY (held) AND NOT was THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('booked:' || NEW.person_id::text, 0));
        INSERT INTO booked_time (person_key, during, kind, source_id, tenant_id)
        VALUES (NEW.person_id, tstzrange(NEW.starts_at, NEW.ends_at), 'placement', NEW.id, NEW.tenant_id);
    ELSIF was AND NOT NEW.state = ANY (held) THEN
        DELETE FROM booked_time WHERE tenant_id = NEW.tenant_id AND source_id = NEW.id AND kind = 'placement';
    END IF;
    RETURN NEW;
END $$;

-- Offer a seat to a carer whom the last search found to fit: a leg at the host, a leg at the home co-op. The host's act, or the office's job.
CREATE FUNCTION placement_offer(of_request uuid, of_shift uuid, of_seat integer, of_home uuid, of_carer uuid, as_state text, until timestamptz,
    its_terms jsonb, its_hash text, host_own jsonb, away integer, miles_away numeric, instead_of uuid, at timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r cover_request%ROWTYPE; s cover_shift%ROWTYPE; e bank_entry%ROWTYPE; run match_run%ROWTYPE;
    made uuid := uuidv7();
    who uuid := nullif(current_setting('app.person', true), '')::uuid;
BEGIN
    SELECT * INTO s FROM cover_shift WHERE id = of_shift AND request_id = of_request FOR UPDATE;
    SELECT * INTO r FROM cover_request WHERE tenant_id = s.tenant_id AND id = of_request;
    IF r.id IS NULL OR NOT may_act_for(r.tenant_id) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    IF r.state NOT IN ('own_staff', 'shared') OR s.state <> 'open' OR of_seat NOT BETWEEN 1 AND s.seats OR until <= at OR s.starts_at <= at THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'cover-not-open';
    END IF;
    IF as_state NOT IN ('asked', 'offered') THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'no-such-move';
    END IF;
    SELECT * INTO run FROM match_run WHERE tenant_id = r.tenant_id AND request_id = r.id AND state = 'done' ORDER BY made_at DESC LIMIT 1;
    SELECT * INTO e FROM bank_entry WHERE tenant_id = of_home AND carer_id = of_carer;
    IF e.carer_id IS NULL OR run.id IS NULL OR NOT EXISTS (
        SELECT FROM jsonb_array_elements(coalesce(run.ranked -> of_shift::text, '[]')) AS f WHERE f ->> 'carer' = of_carer::text AND f ->> 'home' = of_home::text
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'carer-does-not-fit';
    END IF;
    IF EXISTS (SELECT FROM placement p WHERE p.tenant_id = r.tenant_id AND p.side = 'host' AND p.shift_id = of_shift AND p.carer_id = of_carer
               AND p.state IN ('asked', 'interested', 'offered', 'accepted', 'released', 'confirmed', 'started', 'worked')) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'already-offered';
    END IF;
    INSERT INTO placement (tenant_id, id, side, counterparty_id, request_id, request_number, shift_id, seat, carer_id, person_id, carer_name, state,
        starts_at, ends_at, outcode, needs, risk, sleep_in, client_key, minutes_away, miles, vat_treatment, terms, terms_hash, own, replaces_id,
        offered_at, offered_by, expires_at)
    SELECT leg.tenant, made, leg.side, leg.other, r.id, r.number, s.id, of_seat, of_carer, e.person_id, e.first_name, as_state,
        s.starts_at, s.ends_at, r.outcode, r.needs, r.risk, r.sleep_in, r.client_key, away, miles_away, r.vat_treatment, its_terms, its_hash,
        CASE WHEN leg.side = 'host' THEN host_own ELSE '{}'::jsonb END, instead_of, at, who, least(until, s.starts_at)
    FROM (VALUES ('host', r.tenant_id, of_home), ('home', of_home, r.tenant_id)) AS leg (side, tenant, other);
    RETURN made;
END $$;

-- Which state a move leads to, and whose move it is: one line a move. Nothing comes back for a move that is not possible.
CREATE FUNCTION placement_next(move text, from_state text, OUT to_state text, OUT mover text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.to_state, t.mover FROM (VALUES
        ('interest',    ARRAY['asked'],                                        'interested', 'carer'),
        ('choose',      ARRAY['interested'],                                   'accepted',   'office'),
        ('pass_over',   ARRAY['asked', 'interested'],                          'not_chosen', 'office'),
        ('accept',      ARRAY['offered'],                                      'accepted',   'carer'),
        ('decline',     ARRAY['asked', 'interested', 'offered'],               'declined',   'carer'),
        ('release',     ARRAY['accepted'],                                     'released',   'home'),
        ('refuse',      ARRAY['asked', 'interested', 'offered', 'accepted'],   'refused',    'home'),
        ('confirm',     ARRAY['released'],                                     'confirmed',  'host'),
        ('withdraw',    ARRAY['asked', 'interested', 'offered', 'accepted', 'released'], 'withdrawn', 'host'),
        ('brief_host',  ARRAY['confirmed'],                                    'confirmed',  'host'),
        ('brief_carer', ARRAY['confirmed'],                                    'confirmed',  'carer'),
        ('check_in',    ARRAY['confirmed'],                                    'started',    'carer'),
        ('check_out',   ARRAY['started'],                                      'worked',     'carer'),
        ('not_checked', ARRAY['confirmed', 'started'],                         'worked',     'carer'),
        ('no_show',     ARRAY['confirmed'],                                    'no_show',    'host'),
        ('give_back',   ARRAY['accepted', 'released', 'confirmed'],            'given_back', 'carer'),
        ('recall',      ARRAY['released', 'confirmed'],                        'cancelled',  'home'),
        ('cancel',      ARRAY['confirmed'],                                    'cancelled',  'host'),
        ('expire',      ARRAY['asked', 'interested', 'offered', 'accepted', 'released'], 'expired', 'office'),
        ('release_by_default', ARRAY['accepted'],                              'released',   'office'),
        ('confirm_by_default', ARRAY['released'],                              'confirmed',  'office')
    ) AS t (name, from_states, to_state, mover) WHERE t.name = move AND from_state = ANY (t.from_states)
$$;

-- Move a placement, both legs at once. Who may: the carer, a manager of the home co-op, one of the host, or the office's job. `facts` for a check-in: place.
CREATE FUNCTION placement_move(of_placement uuid, move text, its_words text, facts jsonb, at timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    host placement%ROWTYPE; home placement%ROWTYPE; step record; s cover_shift%ROWTYPE;
    me uuid := acting_tenant();
    who uuid := nullif(current_setting('app.person', true), '')::uuid;
    now_held integer; until timestamptz; target text; mine boolean;
BEGIN
    SELECT * INTO host FROM placement WHERE id = of_placement AND side = 'host' FOR UPDATE;
    SELECT * INTO home FROM placement WHERE id = of_placement AND side = 'home' FOR UPDATE;
    SELECT * INTO step FROM placement_next(move, host.state);
    IF host.id IS NULL OR (session_user <> '{prefix}_office' AND me NOT IN (host.tenant_id, home.tenant_id)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    IF step.to_state IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'no-such-move';
    END IF;
    mine := CASE step.mover WHEN 'carer' THEN me = home.tenant_id AND who = home.person_id WHEN 'home' THEN me = home.tenant_id
                            WHEN 'host' THEN me = host.tenant_id ELSE session_user = '{prefix}_office' END;
    IF mine IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'not-your-move';
    END IF;
    IF move IN ('interest', 'accept', 'release', 'confirm') AND at > host.expires_at THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'too-late';
    END IF;
    IF move = 'check_in' AND (host.host_briefed_at IS NULL OR host.carer_briefed_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'not-briefed';
    END IF;
    IF (move = 'check_in' AND (at < host.starts_at - interval '60 minutes' OR at > host.ends_at))
       OR (move = 'not_checked' AND at < host.ends_at) OR (move = 'no_show' AND at < host.starts_at) OR (move = 'cancel' AND at >= host.ends_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'not-the-hour';
    END IF;
    target := step.to_state;
    -- A co-op that covers itself need not release its own carer.
    IF target = 'accepted' AND host.tenant_id = home.tenant_id THEN target := 'released'; END IF;
    until := CASE target
        WHEN 'accepted' THEN at + make_interval(hours => coalesce((SELECT p.release_hours FROM bank_policy p WHERE p.tenant_id = home.tenant_id), 12))
        WHEN 'released' THEN at + make_interval(hours => coalesce((SELECT p.confirm_hours FROM bank_policy p WHERE p.tenant_id = host.tenant_id), 12))
        ELSE host.expires_at END;
    IF target = 'confirmed' AND host.state <> 'confirmed' THEN
        SELECT * INTO s FROM cover_shift WHERE tenant_id = host.tenant_id AND id = host.shift_id FOR UPDATE;
        IF s.state <> 'open' AND host.replaces_id IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'cover-not-open';
        END IF;
        IF host.replaces_id IS NOT NULL THEN
            UPDATE placement SET state = 'swapped', ended_at = at, ended_by = 'swap'
            WHERE id = host.replaces_id AND shift_id = host.shift_id AND state = 'confirmed';
        END IF;
    END IF;
    UPDATE placement p SET state = target, expires_at = least(until, p.starts_at),
        answered_at = CASE WHEN move IN ('interest', 'accept', 'decline') THEN at ELSE p.answered_at END,
        released_at = CASE WHEN target = 'released' AND p.released_at IS NULL THEN at ELSE p.released_at END,
        released_by = CASE WHEN move = 'release' THEN who ELSE p.released_by END,
        confirmed_at = CASE WHEN target = 'confirmed' AND p.confirmed_at IS NULL THEN at ELSE p.confirmed_at END,
        confirmed_by = CASE WHEN move = 'confirm' THEN who ELSE p.confirmed_by END,
        host_briefed_at = CASE WHEN move = 'brief_host' THEN at ELSE p.host_briefed_at END,
        carer_briefed_at = CASE WHEN move = 'brief_carer' THEN at ELSE p.carer_briefed_at END,
        ended_at = CASE WHEN target NOT IN ('asked', 'interested', 'offered', 'accepted', 'released', 'confirmed', 'started') THEN at END,
        ended_by = CASE WHEN target NOT IN ('asked', 'interested', 'offered', 'accepted', 'released', 'confirmed', 'started') THEN step.mover ELSE '' END,
        notice_minutes = CASE WHEN move IN ('give_back', 'recall', 'cancel') THEN floor(extract(epoch FROM p.starts_at - at) / 60)::integer ELSE p.notice_minutes END,
        words = CASE WHEN its_words = '' THEN p.words WHEN step.mover = 'carer' AND p.side = 'host' THEN p.words ELSE its_words END
    WHERE p.id = of_placement;
    IF move = 'check_in' OR move = 'not_checked' THEN
        INSERT INTO timesheet (tenant_id, placement_id, side, counterparty_id, checked_in_at, late_minutes, in_place)
        SELECT leg.tenant_id, leg.id, leg.side, leg.counterparty_id, CASE WHEN move = 'check_in' THEN at END,
            CASE WHEN move = 'check_in' THEN greatest(0, floor(extract(epoch FROM at - leg.starts_at) / 60))::integer ELSE 0 END,
            CASE WHEN leg.side = 'home' THEN facts -> 'place' END
        FROM placement leg WHERE leg.id = of_placement
        ON CONFLICT DO NOTHING;
    ELSIF move = 'check_out' THEN
        UPDATE timesheet SET checked_out_at = at WHERE placement_id = of_placement;
    END IF;
    SELECT count(*) INTO now_held FROM placement p WHERE p.tenant_id = host.tenant_id AND p.side = 'host' AND p.shift_id = host.shift_id
        AND p.state IN ('confirmed', 'started', 'worked');
    UPDATE cover_shift c SET state = CASE WHEN now_held >= c.seats THEN 'filled' ELSE 'open' END,
        filled_at = CASE WHEN now_held >= c.seats THEN coalesce(c.filled_at, at) END
    WHERE c.tenant_id = host.tenant_id AND c.id = host.shift_id AND c.state <> 'cancelled';
    UPDATE cover_request q SET state = CASE WHEN EXISTS (SELECT FROM cover_shift c WHERE c.tenant_id = q.tenant_id AND c.request_id = q.id AND c.state = 'open')
                                            THEN CASE WHEN q.own_staff_until > at THEN 'own_staff' ELSE 'shared' END ELSE 'filled' END
    WHERE q.tenant_id = host.tenant_id AND q.id = host.request_id AND q.state IN ('own_staff', 'shared', 'filled');
    RETURN target;
END $$;

-- What the carer must know at the door, from the confirmation on: told to this carer alone.
CREATE FUNCTION placement_door(of_placement uuid) RETURNS TABLE (name text, address text, notes text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.name, c.address, c.notes FROM placement p JOIN client c ON c.tenant_id = p.counterparty_id AND c.id = p.client_key
    WHERE p.tenant_id = acting_tenant() AND p.id = of_placement AND p.side = 'home' AND p.state IN ('confirmed', 'started')
      AND p.person_id = nullif(current_setting('app.person', true), '')::uuid
$$;

-- The checklist the regulation asks a host for, from the confirmation on: what was checked, to which standard, when; never a document.
CREATE FUNCTION placement_checks(of_placement uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.warranty FROM placement p JOIN bank_entry e ON e.tenant_id = p.counterparty_id AND e.carer_id = p.carer_id
    WHERE p.tenant_id = acting_tenant() AND p.id = of_placement AND p.side = 'host' AND p.state IN ('confirmed', 'started', 'worked')
$$;

-- Move the hours of a placement, both legs at once: send (carer), agree or dispute (host), accept or dispute (home).
CREATE FUNCTION timesheet_move(of_placement uuid, move text, facts jsonb, at timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    host placement%ROWTYPE; home placement%ROWTYPE; t timesheet%ROWTYPE; target text;
    me uuid := acting_tenant();
    who uuid := nullif(current_setting('app.person', true), '')::uuid;
BEGIN
    SELECT * INTO host FROM placement WHERE id = of_placement AND side = 'host';
    SELECT * INTO home FROM placement WHERE id = of_placement AND side = 'home';
    IF host.id IS NULL OR me NOT IN (host.tenant_id, home.tenant_id) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    PERFORM FROM timesheet WHERE placement_id = of_placement AND side = 'host' FOR UPDATE;
    SELECT * INTO t FROM timesheet WHERE placement_id = of_placement AND side = 'home' FOR UPDATE;
    target := CASE
        WHEN move = 'send' AND t.state IN ('open', 'disputed') AND me = home.tenant_id AND who = home.person_id AND home.state = 'worked' THEN 'sent'
        WHEN move = 'agree' AND t.state IN ('sent', 'disputed') AND me = host.tenant_id THEN 'agreed'
        WHEN move = 'dispute' AND ((t.state = 'sent' AND me = host.tenant_id) OR (t.state = 'agreed' AND me = home.tenant_id)) THEN 'disputed'
        WHEN move = 'accept' AND t.state = 'agreed' AND me = home.tenant_id THEN 'accepted' END;
    IF target IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'FD002', MESSAGE = 'no-such-move';
    END IF;
    UPDATE timesheet x SET state = target,
        claimed = CASE WHEN move = 'send' THEN facts ELSE x.claimed END, sent_at = CASE WHEN move = 'send' THEN at ELSE x.sent_at END,
        agreed = CASE WHEN move = 'agree' THEN facts ELSE x.agreed END, agreed_at = CASE WHEN move = 'agree' THEN at ELSE x.agreed_at END,
        accepted_at = CASE WHEN move = 'accept' THEN at ELSE x.accepted_at END
    WHERE x.placement_id = of_placement;
    RETURN target;
END $$;

-- Say something in the thread of a timesheet: both sides keep the words.
CREATE FUNCTION timesheet_say(of_placement uuid, its_words text, at timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made uuid := uuidv7(); me uuid := acting_tenant();
    who uuid := nullif(current_setting('app.person', true), '')::uuid;
    home placement%ROWTYPE;
BEGIN
    SELECT * INTO home FROM placement WHERE id = of_placement AND side = 'home';
    IF home.id IS NULL OR me NOT IN (home.tenant_id, home.counterparty_id) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the acting tenant';
    END IF;
    INSERT INTO timesheet_word (tenant_id, id, side, placement_id, by_tenant_id, by_words, words, said_at)
    SELECT leg.tenant, made, leg.side, of_placement, me,
        CASE WHEN who = home.person_id THEN 'carer' WHEN me = home.tenant_id THEN 'home' ELSE 'host' END, its_words, at
    FROM (VALUES ('host', home.counterparty_id), ('home', home.tenant_id)) AS leg (side, tenant);
    RETURN made;
END $$;

-- Write to a carer without learning the address: one's own carer, or one with whom there is a placement.
CREATE FUNCTION mail_to_carer(of_carer uuid, its_subject text, its_body text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE letters integer; me uuid := acting_tenant();
BEGIN
    INSERT INTO mail (person_id, to_address, subject, body)
    SELECT p.id, p.email, its_subject, its_body FROM person p WHERE p.closed_at IS NULL AND p.id IN (
        SELECT c.person_id FROM carer c WHERE c.tenant_id = me AND c.id = of_carer
        UNION SELECT l.person_id FROM placement l WHERE l.carer_id = of_carer AND (l.tenant_id = me OR session_user = '{prefix}_office'));
    GET DIAGNOSTICS letters = ROW_COUNT;
    RETURN letters;
END $$;
