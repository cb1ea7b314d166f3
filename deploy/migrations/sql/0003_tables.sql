-- The tables of the staff bank, in the order of their keys.

CREATE TABLE match_replay (
    run_id UUID NOT NULL,
    problem JSONB NOT NULL,
    answer JSONB NOT NULL,
    CONSTRAINT match_replay_pk PRIMARY KEY (run_id)
);

CREATE TABLE rate_card (
    id UUID DEFAULT uuidv7() NOT NULL,
    from_date DATE NOT NULL,
    card JSONB NOT NULL,
    resolution VARCHAR(2000) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT rate_card_pk PRIMARY KEY (id)
);

CREATE INDEX rate_card_from_date_ix ON rate_card (from_date);

CREATE TABLE secondment_framework (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    in_force_from DATE NOT NULL,
    body VARCHAR(40000) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    resolution VARCHAR(2000) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT secondment_framework_pk PRIMARY KEY (id),
    CONSTRAINT secondment_framework_number_uq UNIQUE (number)
);

CREATE TABLE settlement_cycle (
    id UUID DEFAULT uuidv7() NOT NULL,
    month DATE NOT NULL,
    state VARCHAR(12) DEFAULT 'open' NOT NULL,
    mode VARCHAR(6) DEFAULT 'hub' NOT NULL,
    dispute_until TIMESTAMP WITH TIME ZONE,
    netted_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    input_sha256 VARCHAR(64) DEFAULT '' NOT NULL,
    algorithm VARCHAR(60) DEFAULT '' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT settlement_cycle_pk PRIMARY KEY (id),
    CONSTRAINT settlement_cycle_state_ck CHECK (state IN ('open', 'statement', 'netted', 'closed')),
    CONSTRAINT settlement_cycle_mode_ck CHECK (mode IN ('hub', 'least', 'links')),
    CONSTRAINT settlement_cycle_month_uq UNIQUE (month)
);

CREATE TABLE bank_entry (
    tenant_id UUID NOT NULL,
    carer_id UUID NOT NULL,
    person_id UUID NOT NULL,
    first_name VARCHAR(200) NOT NULL,
    outcode VARCHAR(8) NOT NULL,
    latitude NUMERIC(9, 6) NOT NULL,
    longitude NUMERIC(9, 6) NOT NULL,
    mode VARCHAR(10) NOT NULL,
    languages VARCHAR(40)[] DEFAULT '{}' NOT NULL,
    tags JSONB NOT NULL,
    free JSONB NOT NULL,
    busy JSONB NOT NULL,
    hours_17_weeks NUMERIC(7, 2) NOT NULL,
    opt_out_from DATE,
    opt_out_until DATE,
    sponsored BOOLEAN NOT NULL,
    warranty JSONB NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT bank_entry_pk PRIMARY KEY (tenant_id, carer_id),
    CONSTRAINT bank_entry_mode_ck CHECK (mode IN ('car', 'cycle', 'bus', 'walk')),
    CONSTRAINT bank_entry_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE bank_policy (
    tenant_id UUID NOT NULL,
    own_first_hours INTEGER DEFAULT '72' NOT NULL,
    answer_hours INTEGER DEFAULT '24' NOT NULL,
    release_hours INTEGER DEFAULT '12' NOT NULL,
    releases_by_default BOOLEAN DEFAULT 'false' NOT NULL,
    confirm_hours INTEGER DEFAULT '12' NOT NULL,
    confirms_by_default BOOLEAN DEFAULT 'true' NOT NULL,
    lends_as VARCHAR(20) DEFAULT 'standard' NOT NULL,
    vat_evidence VARCHAR(2000) DEFAULT '' NOT NULL,
    vat_registered BOOLEAN DEFAULT 'false' NOT NULL,
    reclaims_vat BOOLEAN DEFAULT 'false' NOT NULL,
    pays_living_wage BOOLEAN DEFAULT 'false' NOT NULL,
    settlement_signed_on DATE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT bank_policy_pk PRIMARY KEY (tenant_id),
    CONSTRAINT bank_policy_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE bar (
    tenant_id UUID NOT NULL,
    carer_id UUID NOT NULL,
    client_key UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT bar_pk PRIMARY KEY (tenant_id, carer_id, client_key),
    CONSTRAINT bar_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE booked_time (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    person_key UUID NOT NULL,
    during TSTZRANGE NOT NULL,
    kind VARCHAR(10) NOT NULL,
    source_id UUID NOT NULL,
    CONSTRAINT booked_time_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT booked_time_kind_ck CHECK (kind IN ('rota', 'placement')),
    CONSTRAINT booked_time_once_ex EXCLUDE USING gist (person_key WITH =, during WITH &&),
    CONSTRAINT booked_time_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX booked_time_source_ix ON booked_time (tenant_id, source_id);

CREATE TABLE calendar_key (
    token_hash VARCHAR(64) NOT NULL,
    person_id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT calendar_key_pk PRIMARY KEY (token_hash),
    CONSTRAINT calendar_key_kind_ck CHECK (kind IN ('carer', 'home', 'host')),
    CONSTRAINT calendar_key_person_id_fk FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT calendar_key_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX calendar_key_person_id_ix ON calendar_key (person_id);

CREATE TABLE carer (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    person_id UUID,
    reference VARCHAR(60) NOT NULL,
    first_name VARCHAR(200) NOT NULL,
    last_name VARCHAR(200) DEFAULT '' NOT NULL,
    born_on DATE,
    outcode VARCHAR(8) NOT NULL,
    latitude NUMERIC(9, 6) NOT NULL,
    longitude NUMERIC(9, 6) NOT NULL,
    mode VARCHAR(10) DEFAULT 'car' NOT NULL,
    languages VARCHAR(40)[] DEFAULT '{}' NOT NULL,
    pay_pence_per_hour BIGINT NOT NULL,
    week_minutes INTEGER DEFAULT '2400' NOT NULL,
    on_payroll BOOLEAN DEFAULT 'true' NOT NULL,
    sponsored BOOLEAN DEFAULT 'false' NOT NULL,
    opt_out_from DATE,
    opt_out_until DATE,
    shares_place BOOLEAN DEFAULT 'false' NOT NULL,
    in_bank BOOLEAN DEFAULT 'false' NOT NULL,
    left_on DATE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT carer_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT carer_mode_ck CHECK (mode IN ('car', 'cycle', 'bus', 'walk')),
    CONSTRAINT carer_tenant_id_reference_uq UNIQUE (tenant_id, reference),
    CONSTRAINT carer_tenant_id_person_id_uq UNIQUE (tenant_id, person_id),
    CONSTRAINT carer_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE client (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    name VARCHAR(200) NOT NULL,
    address VARCHAR(400) DEFAULT '' NOT NULL,
    outcode VARCHAR(8) NOT NULL,
    latitude NUMERIC(9, 6) NOT NULL,
    longitude NUMERIC(9, 6) NOT NULL,
    notes VARCHAR(2000) DEFAULT '' NOT NULL,
    CONSTRAINT client_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT client_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE cover_request (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    state VARCHAR(12) DEFAULT 'draft' NOT NULL,
    reason VARCHAR(12) NOT NULL,
    risk INTEGER DEFAULT '3' NOT NULL,
    needs VARCHAR(40)[] DEFAULT '{}' NOT NULL,
    outcode VARCHAR(8) NOT NULL,
    latitude NUMERIC(9, 6) NOT NULL,
    longitude NUMERIC(9, 6) NOT NULL,
    client_key UUID,
    preferred_carer_id UUID,
    absent_carer_id UUID,
    sleep_in BOOLEAN DEFAULT 'false' NOT NULL,
    way VARCHAR(10) DEFAULT 'targeted' NOT NULL,
    vat_treatment VARCHAR(20) DEFAULT 'standard' NOT NULL,
    own_staff_until TIMESTAMP WITH TIME ZONE NOT NULL,
    fallback_from TIMESTAMP WITH TIME ZONE,
    fallback_needs VARCHAR(40)[] DEFAULT '{}' NOT NULL,
    pinned JSONB DEFAULT '[]'::jsonb NOT NULL,
    excluded JSONB DEFAULT '[]'::jsonb NOT NULL,
    overrides JSONB DEFAULT '[]'::jsonb NOT NULL,
    estimate JSONB DEFAULT '{}'::jsonb NOT NULL,
    asked_by UUID,
    approved_by UUID,
    approved_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT cover_request_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT cover_request_state_ck CHECK (state IN ('draft', 'own_staff', 'shared', 'filled', 'cancelled', 'past')),
    CONSTRAINT cover_request_risk_ck CHECK (risk BETWEEN 1 AND 5),
    CONSTRAINT cover_request_way_ck CHECK (way IN ('targeted', 'broadcast')),
    CONSTRAINT cover_request_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE framework_consent (
    tenant_id UUID NOT NULL,
    framework_number INTEGER NOT NULL,
    signed_on DATE NOT NULL,
    signed_by UUID NOT NULL,
    CONSTRAINT framework_consent_pk PRIMARY KEY (tenant_id, framework_number),
    CONSTRAINT framework_consent_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE hours_balance (
    tenant_id UUID NOT NULL,
    month DATE NOT NULL,
    lent_minutes INTEGER NOT NULL,
    borrowed_minutes INTEGER NOT NULL,
    weighted_lent_minutes INTEGER NOT NULL,
    weighted_borrowed_minutes INTEGER NOT NULL,
    balance_minutes INTEGER NOT NULL,
    CONSTRAINT hours_balance_pk PRIMARY KEY (tenant_id, month),
    CONSTRAINT hours_balance_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE match_refusal (
    tenant_id UUID NOT NULL,
    run_id UUID NOT NULL,
    carer_id UUID NOT NULL,
    shift_id UUID NOT NULL,
    rule VARCHAR(60) NOT NULL,
    number VARCHAR(60) DEFAULT '' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT match_refusal_pk PRIMARY KEY (tenant_id, run_id, carer_id, shift_id),
    CONSTRAINT match_refusal_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE match_run (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    request_id UUID NOT NULL,
    state VARCHAR(12) NOT NULL,
    looked_at INTEGER NOT NULL,
    coops INTEGER NOT NULL,
    ranked JSONB NOT NULL,
    turned_away JSONB NOT NULL,
    fixes JSONB NOT NULL,
    levels JSONB NOT NULL,
    seconds NUMERIC(8, 2) NOT NULL,
    input_sha256 VARCHAR(64) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT match_run_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT match_run_state_ck CHECK (state IN ('done', 'failed')),
    CONSTRAINT match_run_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX match_run_request_ix ON match_run (tenant_id, request_id, made_at);

CREATE TABLE placement (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    side VARCHAR(4) NOT NULL,
    counterparty_id UUID NOT NULL,
    request_id UUID NOT NULL,
    request_number INTEGER NOT NULL,
    shift_id UUID NOT NULL,
    seat INTEGER NOT NULL,
    carer_id UUID NOT NULL,
    person_id UUID NOT NULL,
    carer_name VARCHAR(200) NOT NULL,
    state VARCHAR(12) NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcode VARCHAR(8) NOT NULL,
    needs VARCHAR(40)[] DEFAULT '{}' NOT NULL,
    risk INTEGER NOT NULL,
    sleep_in BOOLEAN DEFAULT 'false' NOT NULL,
    client_key UUID,
    minutes_away INTEGER NOT NULL,
    miles NUMERIC(6, 1) NOT NULL,
    vat_treatment VARCHAR(20) NOT NULL,
    terms JSONB NOT NULL,
    terms_hash VARCHAR(64) NOT NULL,
    own JSONB DEFAULT '{}'::jsonb NOT NULL,
    replaces_id UUID,
    offered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    offered_by UUID,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    released_at TIMESTAMP WITH TIME ZONE,
    released_by UUID,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    confirmed_by UUID,
    host_briefed_at TIMESTAMP WITH TIME ZONE,
    carer_briefed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by VARCHAR(10) DEFAULT '' NOT NULL,
    notice_minutes INTEGER,
    words VARCHAR(2000) DEFAULT '' NOT NULL,
    CONSTRAINT placement_pk PRIMARY KEY (tenant_id, id, side),
    CONSTRAINT placement_state_ck CHECK (state IN ('asked', 'interested', 'offered', 'accepted', 'released', 'confirmed', 'started', 'worked', 'declined', 'refused', 'withdrawn', 'expired', 'not_chosen', 'given_back', 'cancelled', 'no_show', 'swapped')),
    CONSTRAINT placement_side_ck CHECK (side IN ('host', 'home')),
    CONSTRAINT placement_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX placement_both_ix ON placement (id);

CREATE INDEX placement_carer_ix ON placement (tenant_id, carer_id, starts_at);

CREATE UNIQUE INDEX placement_one_a_seat_ux ON placement (tenant_id, shift_id, seat) WHERE side = 'host' AND state IN ('confirmed', 'started', 'worked');

CREATE INDEX placement_shift_ix ON placement (tenant_id, shift_id);

CREATE INDEX placement_starts_ix ON placement (tenant_id, starts_at);

CREATE TABLE placement_schedule (
    tenant_id UUID NOT NULL,
    placement_id UUID NOT NULL,
    side VARCHAR(4) NOT NULL,
    pdf BYTEA NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT placement_schedule_pk PRIMARY KEY (tenant_id, placement_id, side),
    CONSTRAINT placement_schedule_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE rota_import (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    file_name VARCHAR(200) NOT NULL,
    state VARCHAR(12) DEFAULT 'previewed' NOT NULL,
    rows JSONB NOT NULL,
    errors JSONB NOT NULL,
    created_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    undone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT rota_import_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT rota_import_state_ck CHECK (state IN ('previewed', 'applied', 'undone')),
    CONSTRAINT rota_import_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE settlement_line (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    kind VARCHAR(10) NOT NULL,
    counterparty_id UUID,
    pence BIGINT NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    act_id UUID,
    CONSTRAINT settlement_line_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT settlement_line_kind_ck CHECK (kind IN ('position', 'payment')),
    CONSTRAINT settlement_line_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX settlement_line_cycle_ix ON settlement_line (tenant_id, cycle_id);

CREATE TABLE staff_recharge (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    side VARCHAR(4) NOT NULL,
    counterparty_id UUID NOT NULL,
    placement_id UUID NOT NULL,
    kind VARCHAR(12) DEFAULT 'recharge' NOT NULL,
    month DATE NOT NULL,
    worked_on DATE NOT NULL,
    minutes INTEGER NOT NULL,
    unsocial_minutes INTEGER NOT NULL,
    weighted_minutes INTEGER NOT NULL,
    lines JSONB NOT NULL,
    net_pence BIGINT NOT NULL,
    vat_pence BIGINT NOT NULL,
    gross_pence BIGINT NOT NULL,
    vat_treatment VARCHAR(20) NOT NULL,
    rate_card_from DATE NOT NULL,
    state VARCHAR(10) DEFAULT 'posted' NOT NULL,
    dispute VARCHAR(2000) DEFAULT '' NOT NULL,
    cycle_id UUID,
    act_id UUID NOT NULL,
    posted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT staff_recharge_pk PRIMARY KEY (tenant_id, id, side),
    CONSTRAINT staff_recharge_side_ck CHECK (side IN ('host', 'home')),
    CONSTRAINT staff_recharge_kind_ck CHECK (kind IN ('recharge', 'adjustment')),
    CONSTRAINT staff_recharge_state_ck CHECK (state IN ('posted', 'disputed', 'netted', 'paid')),
    CONSTRAINT staff_recharge_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX staff_recharge_month_ix ON staff_recharge (tenant_id, month);

CREATE INDEX staff_recharge_placement_ix ON staff_recharge (tenant_id, placement_id);

CREATE TABLE timesheet (
    tenant_id UUID NOT NULL,
    placement_id UUID NOT NULL,
    side VARCHAR(4) NOT NULL,
    counterparty_id UUID NOT NULL,
    state VARCHAR(10) DEFAULT 'open' NOT NULL,
    checked_in_at TIMESTAMP WITH TIME ZONE,
    checked_out_at TIMESTAMP WITH TIME ZONE,
    late_minutes INTEGER DEFAULT '0' NOT NULL,
    in_place JSONB,
    claimed JSONB DEFAULT '{}'::jsonb NOT NULL,
    agreed JSONB DEFAULT '{}'::jsonb NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    agreed_at TIMESTAMP WITH TIME ZONE,
    accepted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT timesheet_pk PRIMARY KEY (tenant_id, placement_id, side),
    CONSTRAINT timesheet_state_ck CHECK (state IN ('open', 'sent', 'agreed', 'accepted', 'disputed')),
    CONSTRAINT timesheet_side_ck CHECK (side IN ('host', 'home')),
    CONSTRAINT timesheet_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX timesheet_both_ix ON timesheet (placement_id);

CREATE TABLE timesheet_word (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    side VARCHAR(4) NOT NULL,
    placement_id UUID NOT NULL,
    by_tenant_id UUID NOT NULL,
    by_words VARCHAR(200) NOT NULL,
    words VARCHAR(2000) NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT timesheet_word_pk PRIMARY KEY (tenant_id, id, side),
    CONSTRAINT timesheet_word_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX timesheet_word_placement_ix ON timesheet_word (tenant_id, placement_id);

CREATE TABLE carer_check (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    carer_id UUID NOT NULL,
    kind VARCHAR(60) NOT NULL,
    level VARCHAR(200) DEFAULT '' NOT NULL,
    standard VARCHAR(200) DEFAULT '' NOT NULL,
    issued_on DATE,
    until DATE,
    checked_on DATE NOT NULL,
    checked_by VARCHAR(200) NOT NULL,
    original_seen BOOLEAN DEFAULT 'true' NOT NULL,
    status_checked_on DATE,
    evidence_hash VARCHAR(64) DEFAULT '' NOT NULL,
    reminded_days INTEGER,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT carer_check_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT carer_check_tenant_id_carer_id_fk FOREIGN KEY(tenant_id, carer_id) REFERENCES carer (tenant_id, id),
    CONSTRAINT carer_check_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE cover_shift (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    request_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seats INTEGER DEFAULT '1' NOT NULL,
    linked_key UUID,
    state VARCHAR(12) DEFAULT 'open' NOT NULL,
    filled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT cover_shift_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT cover_shift_tenant_id_request_id_fk FOREIGN KEY(tenant_id, request_id) REFERENCES cover_request (tenant_id, id),
    CONSTRAINT cover_shift_times_ck CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours'),
    CONSTRAINT cover_shift_seats_ck CHECK (seats BETWEEN 1 AND 4),
    CONSTRAINT cover_shift_state_ck CHECK (state IN ('open', 'filled', 'cancelled')),
    CONSTRAINT cover_shift_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX cover_shift_both_ix ON cover_shift (id);

CREATE INDEX cover_shift_request_ix ON cover_shift (tenant_id, request_id);

CREATE INDEX cover_shift_starts_ix ON cover_shift (tenant_id, starts_at);

CREATE TABLE day_window (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    carer_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    free BOOLEAN NOT NULL,
    CONSTRAINT day_window_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT day_window_tenant_id_carer_id_fk FOREIGN KEY(tenant_id, carer_id) REFERENCES carer (tenant_id, id),
    CONSTRAINT day_window_forwards_ck CHECK (ends_at > starts_at),
    CONSTRAINT day_window_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE rota_feed (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    carer_id UUID NOT NULL,
    url VARCHAR(500) NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    problem VARCHAR(400) DEFAULT '' NOT NULL,
    CONSTRAINT rota_feed_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT rota_feed_tenant_id_carer_id_fk FOREIGN KEY(tenant_id, carer_id) REFERENCES carer (tenant_id, id),
    CONSTRAINT rota_feed_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE weekly_window (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    carer_id UUID NOT NULL,
    weekday INTEGER NOT NULL,
    from_minute INTEGER NOT NULL,
    to_minute INTEGER NOT NULL,
    CONSTRAINT weekly_window_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT weekly_window_tenant_id_carer_id_fk FOREIGN KEY(tenant_id, carer_id) REFERENCES carer (tenant_id, id),
    CONSTRAINT weekly_window_weekday_ck CHECK (weekday BETWEEN 0 AND 6),
    CONSTRAINT weekly_window_minutes_ck CHECK (from_minute >= 0 AND to_minute > from_minute AND to_minute <= 2160),
    CONSTRAINT weekly_window_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE work_block (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    carer_id UUID NOT NULL,
    kind VARCHAR(12) DEFAULT 'rota' NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    words VARCHAR(200) DEFAULT '' NOT NULL,
    source VARCHAR(200) DEFAULT 'typed' NOT NULL,
    uid VARCHAR(300) DEFAULT '' NOT NULL,
    CONSTRAINT work_block_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT work_block_tenant_id_carer_id_fk FOREIGN KEY(tenant_id, carer_id) REFERENCES carer (tenant_id, id),
    CONSTRAINT work_block_forwards_ck CHECK (ends_at > starts_at),
    CONSTRAINT work_block_kind_ck CHECK (kind IN ('rota', 'sleep_in', 'leave', 'other_job')),
    CONSTRAINT work_block_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX work_block_carer_ix ON work_block (tenant_id, carer_id, starts_at);
