-- The tables of the ground floor and of joint procurement, in the order of their keys.

CREATE TABLE buying_round (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    title VARCHAR(200) NOT NULL,
    state VARCHAR(12) DEFAULT 'draft' NOT NULL,
    closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deliver_on DATE NOT NULL,
    deliver_to VARCHAR(10) DEFAULT 'coops' NOT NULL,
    hub_address VARCHAR(400) DEFAULT '' NOT NULL,
    max_suppliers INTEGER,
    max_suppliers_per_item INTEGER,
    max_share_percent NUMERIC(5, 2),
    allow_overbuy BOOLEAN DEFAULT 'false' NOT NULL,
    share_rule VARCHAR(20),
    extended_reason VARCHAR(2000) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    awarded_at TIMESTAMP WITH TIME ZONE,
    ordered_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT buying_round_pk PRIMARY KEY (id),
    CONSTRAINT buying_round_state_ck CHECK (state IN ('draft', 'open', 'closed', 'awarded', 'ordered', 'cancelled')),
    CONSTRAINT buying_round_deliver_to_ck CHECK (deliver_to IN ('coops', 'hub')),
    CONSTRAINT buying_round_number_uq UNIQUE (number)
);

CREATE TABLE import_batch (
    id UUID DEFAULT uuidv7() NOT NULL,
    kind VARCHAR(20) NOT NULL,
    file_name VARCHAR(200) NOT NULL,
    state VARCHAR(12) DEFAULT 'previewed' NOT NULL,
    rows JSONB NOT NULL,
    errors JSONB NOT NULL,
    before JSONB DEFAULT '[]'::jsonb NOT NULL,
    created_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    undone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT import_batch_pk PRIMARY KEY (id),
    CONSTRAINT import_batch_state_ck CHECK (state IN ('previewed', 'applied', 'undone')),
    CONSTRAINT import_batch_kind_ck CHECK (kind IN ('catalogue', 'prices', 'members'))
);

CREATE TABLE item (
    id UUID DEFAULT uuidv7() NOT NULL,
    code VARCHAR(60) NOT NULL,
    name VARCHAR(200) NOT NULL,
    unit VARCHAR(200) NOT NULL,
    packs_per_box INTEGER DEFAULT '1' NOT NULL,
    gtin VARCHAR(14),
    cpv VARCHAR(10),
    standard VARCHAR(60),
    vat_rate_percent NUMERIC(5, 2) DEFAULT '20' NOT NULL,
    retail_pence NUMERIC(14, 4),
    retired_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    batch_id UUID,
    CONSTRAINT item_pk PRIMARY KEY (id),
    CONSTRAINT item_packs_per_box_ck CHECK (packs_per_box BETWEEN 1 AND 100000),
    CONSTRAINT item_vat_rate_ck CHECK (vat_rate_percent BETWEEN 0 AND 100),
    CONSTRAINT item_code_uq UNIQUE (code)
);

CREATE TABLE mail (
    id UUID DEFAULT uuidv7() NOT NULL,
    person_id UUID,
    to_address VARCHAR(254) NOT NULL,
    subject VARCHAR(200) NOT NULL,
    body VARCHAR(10000) NOT NULL,
    state VARCHAR(10) DEFAULT 'waiting' NOT NULL,
    tries INTEGER DEFAULT '0' NOT NULL,
    problem VARCHAR(400),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT mail_pk PRIMARY KEY (id),
    CONSTRAINT mail_state_ck CHECK (state IN ('waiting', 'sent', 'failed'))
);

CREATE TABLE person (
    id UUID DEFAULT uuidv7() NOT NULL,
    email VARCHAR(254) NOT NULL,
    display_name VARCHAR(200) NOT NULL,
    password_hash VARCHAR(200),
    totp_secret VARCHAR(64),
    totp_confirmed_at TIMESTAMP WITH TIME ZONE,
    totp_last_step BIGINT,
    closed_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT person_pk PRIMARY KEY (id),
    CONSTRAINT person_email_uq UNIQUE (email)
);

CREATE TABLE setting (
    id UUID DEFAULT uuidv7() NOT NULL,
    name VARCHAR(60) NOT NULL,
    value JSONB NOT NULL,
    from_date DATE NOT NULL,
    resolution VARCHAR(2000) NOT NULL,
    set_by UUID,
    set_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT setting_pk PRIMARY KEY (id),
    CONSTRAINT setting_name_from_date_uq UNIQUE (name, from_date)
);

CREATE TABLE sign_in_attempt (
    key_hash VARCHAR(64) NOT NULL,
    window_start TIMESTAMP WITH TIME ZONE NOT NULL,
    tries INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT sign_in_attempt_pk PRIMARY KEY (key_hash, window_start)
);

CREATE TABLE supplier (
    id UUID DEFAULT uuidv7() NOT NULL,
    code VARCHAR(60) NOT NULL,
    name VARCHAR(200) NOT NULL,
    email VARCHAR(254),
    delivery_pence BIGINT DEFAULT '0' NOT NULL,
    free_delivery_from_pence BIGINT,
    minimum_order_pence BIGINT DEFAULT '0' NOT NULL,
    lead_days INTEGER DEFAULT '7' NOT NULL,
    tier_basis VARCHAR(20) DEFAULT 'item_packs' NOT NULL,
    order_tiers BIGINT[] DEFAULT '{0}' NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    batch_id UUID,
    CONSTRAINT supplier_pk PRIMARY KEY (id),
    CONSTRAINT supplier_tier_basis_ck CHECK (tier_basis IN ('item_packs', 'order_packs', 'order_pence')),
    CONSTRAINT supplier_not_negative_ck CHECK (delivery_pence >= 0 AND minimum_order_pence >= 0),
    CONSTRAINT supplier_code_uq UNIQUE (code)
);

CREATE TABLE tenant (
    id UUID DEFAULT uuidv7() NOT NULL,
    kind VARCHAR(20) DEFAULT 'coop' NOT NULL,
    name VARCHAR(200) NOT NULL,
    outcode VARCHAR(8),
    latitude NUMERIC(9, 6),
    longitude NUMERIC(9, 6),
    joined_on DATE NOT NULL,
    left_on DATE,
    CONSTRAINT tenant_pk PRIMARY KEY (id),
    CONSTRAINT tenant_kind_ck CHECK (kind IN ('coop', 'federation')),
    CONSTRAINT tenant_name_uq UNIQUE (name)
);

CREATE TABLE alone_price (
    tenant_id UUID NOT NULL,
    round_id UUID NOT NULL,
    cost_pence BIGINT,
    bound_pence BIGINT,
    proven BOOLEAN NOT NULL,
    worked_out_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT alone_price_pk PRIMARY KEY (tenant_id, round_id),
    CONSTRAINT alone_price_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT alone_price_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id)
);

CREATE TABLE api_token (
    id UUID DEFAULT uuidv7() NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    person_id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    name VARCHAR(200) NOT NULL,
    scope VARCHAR(10) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT api_token_pk PRIMARY KEY (id),
    CONSTRAINT api_token_scope_ck CHECK (scope IN ('read', 'write')),
    CONSTRAINT api_token_token_hash_uq UNIQUE (token_hash),
    CONSTRAINT api_token_person_id_fk FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT api_token_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX api_token_person_id_ix ON api_token (person_id);

CREATE TABLE audit_entry (
    tenant_id UUID NOT NULL,
    number BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID,
    act VARCHAR(60) NOT NULL,
    object_kind VARCHAR(60) NOT NULL,
    object_id UUID,
    facts JSONB NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT audit_entry_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT audit_entry_tenant_id_previous_hash_uq UNIQUE (tenant_id, previous_hash),
    CONSTRAINT audit_entry_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX audit_entry_tenant_object_ix ON audit_entry (tenant_id, object_id);

CREATE TABLE award (
    id UUID DEFAULT uuidv7() NOT NULL,
    round_id UUID NOT NULL,
    state VARCHAR(12) DEFAULT 'running' NOT NULL,
    job_id UUID,
    pinned JSONB DEFAULT '[]'::jsonb NOT NULL,
    barred JSONB DEFAULT '[]'::jsonb NOT NULL,
    problem JSONB,
    answer JSONB,
    shares JSONB,
    cost_pence BIGINT,
    bound_pence BIGINT,
    reason VARCHAR(2000) DEFAULT '' NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT award_pk PRIMARY KEY (id),
    CONSTRAINT award_state_ck CHECK (state IN ('running', 'proposed', 'infeasible', 'approved', 'set_aside')),
    CONSTRAINT award_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id)
);

CREATE UNIQUE INDEX award_one_approved_ux ON award (round_id) WHERE state = 'approved';

CREATE INDEX award_round_id_ix ON award (round_id);

CREATE TABLE coop_address (
    tenant_id UUID NOT NULL,
    lines VARCHAR(400) NOT NULL,
    postcode VARCHAR(10) NOT NULL,
    instructions VARCHAR(400) DEFAULT '' NOT NULL,
    CONSTRAINT coop_address_pk PRIMARY KEY (tenant_id),
    CONSTRAINT coop_address_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE coop_size (
    tenant_id UUID NOT NULL,
    as_of_date DATE NOT NULL,
    members INTEGER DEFAULT '0' NOT NULL,
    staff INTEGER DEFAULT '0' NOT NULL,
    care_hours_week INTEGER DEFAULT '0' NOT NULL,
    turnover_pence BIGINT DEFAULT '0' NOT NULL,
    source VARCHAR(200) NOT NULL,
    CONSTRAINT coop_size_pk PRIMARY KEY (tenant_id, as_of_date),
    CONSTRAINT coop_size_not_negative_ck CHECK (members >= 0 AND staff >= 0 AND care_hours_week >= 0),
    CONSTRAINT coop_size_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE demand_answer (
    tenant_id UUID NOT NULL,
    round_id UUID NOT NULL,
    note VARCHAR(1000) DEFAULT '' NOT NULL,
    answered_by UUID,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT demand_answer_pk PRIMARY KEY (tenant_id, round_id),
    CONSTRAINT demand_answer_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT demand_answer_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id)
);

CREATE TABLE demand_import (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    round_id UUID NOT NULL,
    file_name VARCHAR(200) NOT NULL,
    state VARCHAR(12) DEFAULT 'previewed' NOT NULL,
    rows JSONB NOT NULL,
    errors JSONB NOT NULL,
    before JSONB DEFAULT '[]'::jsonb NOT NULL,
    created_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    undone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT demand_import_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT demand_import_state_ck CHECK (state IN ('previewed', 'applied', 'undone')),
    CONSTRAINT demand_import_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT demand_import_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id)
);

CREATE TABLE idempotency_key (
    tenant_id UUID NOT NULL,
    person_id UUID NOT NULL,
    key VARCHAR(200) NOT NULL,
    request_hash VARCHAR(64) NOT NULL,
    status INTEGER,
    headers JSONB,
    body VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_pk PRIMARY KEY (tenant_id, person_id, key),
    CONSTRAINT idempotency_key_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE invitation (
    token_hash VARCHAR(64) NOT NULL,
    tenant_id UUID NOT NULL,
    email VARCHAR(254) NOT NULL,
    display_name VARCHAR(200) NOT NULL,
    roles VARCHAR(20)[] NOT NULL,
    invited_by UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT invitation_pk PRIMARY KEY (token_hash),
    CONSTRAINT invitation_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX invitation_tenant_id_ix ON invitation (tenant_id);

CREATE TABLE ledger_entry (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    act_id UUID NOT NULL,
    on_date DATE NOT NULL,
    kind VARCHAR(60) NOT NULL,
    description VARCHAR(200) NOT NULL,
    source_id UUID,
    reverses_id UUID,
    posted_by UUID,
    posted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    posted_in VARCHAR(20) DEFAULT pg_current_xact_id()::text NOT NULL,
    CONSTRAINT ledger_entry_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT ledger_entry_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX ledger_entry_tenant_date_ix ON ledger_entry (tenant_id, on_date);

CREATE TABLE member_directory (
    tenant_id UUID NOT NULL,
    person_id UUID NOT NULL,
    role VARCHAR(20) NOT NULL,
    display_name VARCHAR(200) NOT NULL,
    CONSTRAINT member_directory_pk PRIMARY KEY (tenant_id, person_id, role),
    CONSTRAINT member_directory_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE membership (
    person_id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    role VARCHAR(20) NOT NULL,
    since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT membership_pk PRIMARY KEY (person_id, tenant_id, role),
    CONSTRAINT membership_role_ck CHECK (role IN ('officer', 'treasurer', 'manager', 'carer', 'delegate', 'auditor')),
    CONSTRAINT membership_person_id_fk FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT membership_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE offer (
    id UUID DEFAULT uuidv7() NOT NULL,
    supplier_id UUID NOT NULL,
    item_id UUID NOT NULL,
    mode VARCHAR(12) DEFAULT 'all_units' NOT NULL,
    tiers BIGINT[] NOT NULL,
    pence_per_pack NUMERIC(14, 4)[] NOT NULL,
    minimum_packs INTEGER DEFAULT '1' NOT NULL,
    multiple_packs INTEGER DEFAULT '1' NOT NULL,
    capacity_packs INTEGER,
    quality NUMERIC(4, 3) DEFAULT '1' NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    batch_id UUID,
    CONSTRAINT offer_pk PRIMARY KEY (id),
    CONSTRAINT offer_mode_ck CHECK (mode IN ('all_units', 'incremental')),
    CONSTRAINT offer_tiers_ck CHECK (cardinality(tiers) = cardinality(pence_per_pack) AND cardinality(tiers) > 0),
    CONSTRAINT offer_dates_ck CHECK (valid_to >= valid_from),
    CONSTRAINT offer_packs_ck CHECK (minimum_packs >= 1 AND multiple_packs >= 1 AND capacity_packs >= 1),
    CONSTRAINT offer_no_overlap EXCLUDE USING gist (supplier_id WITH =, item_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&),
    CONSTRAINT offer_supplier_id_fk FOREIGN KEY(supplier_id) REFERENCES supplier (id),
    CONSTRAINT offer_item_id_fk FOREIGN KEY(item_id) REFERENCES item (id)
);

CREATE INDEX offer_item_id_ix ON offer (item_id);

CREATE TABLE order_allocation (
    tenant_id UUID NOT NULL,
    order_id UUID NOT NULL,
    item_id UUID NOT NULL,
    round_id UUID NOT NULL,
    supplier_id UUID NOT NULL,
    supplier_name VARCHAR(200) NOT NULL,
    item_name VARCHAR(200) NOT NULL,
    unit VARCHAR(200) NOT NULL,
    packs INTEGER NOT NULL,
    pence_per_pack NUMERIC(14, 4) NOT NULL,
    deliver_to VARCHAR(900) DEFAULT '' NOT NULL,
    CONSTRAINT order_allocation_pk PRIMARY KEY (tenant_id, order_id, item_id),
    CONSTRAINT order_allocation_packs_ck CHECK (packs > 0),
    CONSTRAINT order_allocation_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT order_allocation_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id),
    CONSTRAINT order_allocation_supplier_id_fk FOREIGN KEY(supplier_id) REFERENCES supplier (id)
);

CREATE INDEX order_allocation_order_ix ON order_allocation (order_id, item_id);

CREATE INDEX order_allocation_round_ix ON order_allocation (tenant_id, round_id);

CREATE TABLE outbox (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    person_id UUID,
    kind VARCHAR(60) NOT NULL,
    label VARCHAR(200) NOT NULL,
    link VARCHAR(300) DEFAULT '' NOT NULL,
    shown BOOLEAN DEFAULT 'true' NOT NULL,
    payload JSONB NOT NULL,
    once_key VARCHAR(200),
    state VARCHAR(12) DEFAULT 'waiting' NOT NULL,
    step VARCHAR(300) DEFAULT '' NOT NULL,
    percent INTEGER DEFAULT '0' NOT NULL,
    result JSONB,
    problem VARCHAR(1000),
    cancel_asked BOOLEAN DEFAULT 'false' NOT NULL,
    tries INTEGER DEFAULT '0' NOT NULL,
    max_tries INTEGER DEFAULT '4' NOT NULL,
    run_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT outbox_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT outbox_state_ck CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT outbox_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX outbox_due_ix ON outbox (run_at) WHERE state IN ('waiting', 'running');

CREATE UNIQUE INDEX outbox_once_ux ON outbox (tenant_id, once_key) WHERE once_key IS NOT NULL AND state = 'waiting';

CREATE INDEX outbox_tenant_created_ix ON outbox (tenant_id, created_at);

CREATE TABLE purchase_order (
    id UUID DEFAULT uuidv7() NOT NULL,
    round_id UUID NOT NULL,
    supplier_id UUID NOT NULL,
    number VARCHAR(60) NOT NULL,
    goods_pence BIGINT NOT NULL,
    delivery_pence BIGINT NOT NULL,
    vat_pence BIGINT NOT NULL,
    deliver_on DATE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT purchase_order_pk PRIMARY KEY (id),
    CONSTRAINT purchase_order_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id),
    CONSTRAINT purchase_order_supplier_id_fk FOREIGN KEY(supplier_id) REFERENCES supplier (id),
    CONSTRAINT purchase_order_number_uq UNIQUE (number)
);

CREATE INDEX purchase_order_round_id_ix ON purchase_order (round_id);

CREATE TABLE recharge (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    round_id UUID NOT NULL,
    number VARCHAR(60) NOT NULL,
    on_date DATE NOT NULL,
    due_on DATE NOT NULL,
    capacity VARCHAR(10) NOT NULL,
    vat_number VARCHAR(20),
    net_pence BIGINT NOT NULL,
    vat_pence BIGINT NOT NULL,
    irrecoverable_vat_pence BIGINT NOT NULL,
    total_pence BIGINT NOT NULL,
    lines JSONB NOT NULL,
    act_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT recharge_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT recharge_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id),
    CONSTRAINT recharge_adds_up_ck CHECK (total_pence = net_pence + vat_pence + irrecoverable_vat_pence),
    CONSTRAINT recharge_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE UNIQUE INDEX recharge_tenant_round_ux ON recharge (tenant_id, round_id);

CREATE TABLE recovery_code (
    person_id UUID NOT NULL,
    code_hash VARCHAR(64) NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT recovery_code_pk PRIMARY KEY (person_id, code_hash),
    CONSTRAINT recovery_code_person_id_fk FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE TABLE reset_link (
    token_hash VARCHAR(64) NOT NULL,
    person_id UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT reset_link_pk PRIMARY KEY (token_hash),
    CONSTRAINT reset_link_person_id_fk FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX reset_link_person_id_ix ON reset_link (person_id);

CREATE TABLE round_item (
    round_id UUID NOT NULL,
    item_id UUID NOT NULL,
    code VARCHAR(60) NOT NULL,
    name VARCHAR(200) NOT NULL,
    unit VARCHAR(200) NOT NULL,
    packs_per_box INTEGER NOT NULL,
    vat_rate_percent NUMERIC(5, 2) NOT NULL,
    retail_pence NUMERIC(14, 4),
    opened BOOLEAN DEFAULT 'false' NOT NULL,
    CONSTRAINT round_item_pk PRIMARY KEY (round_id, item_id),
    CONSTRAINT round_item_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id),
    CONSTRAINT round_item_item_id_fk FOREIGN KEY(item_id) REFERENCES item (id)
);

CREATE TABLE share (
    tenant_id UUID NOT NULL,
    round_id UUID NOT NULL,
    rule VARCHAR(20) NOT NULL,
    net_pence BIGINT NOT NULL,
    goods_pence BIGINT NOT NULL,
    delivery_pence BIGINT NOT NULL,
    other_rules JSONB NOT NULL,
    CONSTRAINT share_pk PRIMARY KEY (tenant_id, round_id),
    CONSTRAINT share_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT share_round_id_fk FOREIGN KEY(round_id) REFERENCES buying_round (id)
);

CREATE TABLE sign_in_session (
    token_hash VARCHAR(64) NOT NULL,
    person_id UUID NOT NULL,
    tenant_id UUID,
    csrf_token VARCHAR(64) NOT NULL,
    second_factor_at TIMESTAMP WITH TIME ZONE,
    device VARCHAR(200) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sign_in_session_pk PRIMARY KEY (token_hash),
    CONSTRAINT sign_in_session_person_id_fk FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT sign_in_session_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX sign_in_session_person_id_ix ON sign_in_session (person_id);

CREATE TABLE demand (
    tenant_id UUID NOT NULL,
    round_id UUID NOT NULL,
    item_id UUID NOT NULL,
    packs INTEGER NOT NULL,
    CONSTRAINT demand_pk PRIMARY KEY (tenant_id, round_id, item_id),
    CONSTRAINT demand_tenant_id_round_id_fk FOREIGN KEY(tenant_id, round_id) REFERENCES demand_answer (tenant_id, round_id),
    CONSTRAINT demand_round_id_item_id_fk FOREIGN KEY(round_id, item_id) REFERENCES round_item (round_id, item_id),
    CONSTRAINT demand_packs_ck CHECK (packs BETWEEN 1 AND 1000000),
    CONSTRAINT demand_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX demand_round_ix ON demand (round_id, item_id) INCLUDE (packs);

CREATE TABLE ledger_line (
    tenant_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    line_number INTEGER NOT NULL,
    account VARCHAR(60) NOT NULL,
    pence BIGINT NOT NULL,
    counterparty_id UUID,
    memo VARCHAR(200) DEFAULT '' NOT NULL,
    CONSTRAINT ledger_line_pk PRIMARY KEY (tenant_id, entry_id, line_number),
    CONSTRAINT ledger_line_tenant_id_entry_id_fk FOREIGN KEY(tenant_id, entry_id) REFERENCES ledger_entry (tenant_id, id),
    CONSTRAINT ledger_line_not_nought_ck CHECK (pence <> 0),
    CONSTRAINT ledger_line_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX ledger_line_tenant_account_ix ON ledger_line (tenant_id, account) INCLUDE (pence);

CREATE TABLE order_line (
    order_id UUID NOT NULL,
    item_id UUID NOT NULL,
    name VARCHAR(200) NOT NULL,
    unit VARCHAR(200) NOT NULL,
    packs INTEGER NOT NULL,
    pence_per_pack NUMERIC(14, 4) NOT NULL,
    cost_pence BIGINT NOT NULL,
    vat_rate_percent NUMERIC(5, 2) NOT NULL,
    CONSTRAINT order_line_pk PRIMARY KEY (order_id, item_id),
    CONSTRAINT order_line_packs_ck CHECK (packs > 0),
    CONSTRAINT order_line_order_id_fk FOREIGN KEY(order_id) REFERENCES purchase_order (id),
    CONSTRAINT order_line_item_id_fk FOREIGN KEY(item_id) REFERENCES item (id)
);
