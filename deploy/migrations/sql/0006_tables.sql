-- The tables of the assembly, in the order of their keys.

CREATE TABLE election (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    title VARCHAR(200) NOT NULL,
    what VARCHAR(2000) DEFAULT '' NOT NULL,
    seats INTEGER NOT NULL,
    method VARCHAR(10) NOT NULL,
    constraints JSONB DEFAULT '[]'::jsonb NOT NULL,
    classes JSONB DEFAULT '[]'::jsonb NOT NULL,
    secret BOOLEAN DEFAULT 'true' NOT NULL,
    state VARCHAR(12) DEFAULT 'draft' NOT NULL,
    nominations_until TIMESTAMP WITH TIME ZONE NOT NULL,
    meeting_id UUID,
    poll_id UUID,
    vacancy JSONB,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT election_pk PRIMARY KEY (id),
    CONSTRAINT election_state_ck CHECK (state IN ('draft', 'nominations', 'listed', 'voting', 'declared', 'cancelled')),
    CONSTRAINT election_method_ck CHECK (method IN ('scottish', 'meek', 'irv', 'approval')),
    CONSTRAINT election_seats_ck CHECK (seats BETWEEN 1 AND 50),
    CONSTRAINT election_number_uq UNIQUE (number)
);

CREATE TABLE meeting (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    title VARCHAR(200) NOT NULL,
    way VARCHAR(14) NOT NULL,
    place VARCHAR(200) DEFAULT '' NOT NULL,
    link VARCHAR(200) DEFAULT '' NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    notice_days INTEGER NOT NULL,
    quorum JSONB NOT NULL,
    weights JSONB DEFAULT '{}'::jsonb NOT NULL,
    state VARCHAR(10) DEFAULT 'draft' NOT NULL,
    called_at TIMESTAMP WITH TIME ZONE,
    opened_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    opening_quorum JSONB,
    closing_quorum JSONB,
    state_words VARCHAR(2000) DEFAULT '' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT meeting_pk PRIMARY KEY (id),
    CONSTRAINT meeting_state_ck CHECK (state IN ('draft', 'called', 'open', 'closed', 'minuted', 'cancelled')),
    CONSTRAINT meeting_way_ck CHECK (way IN ('room', 'online', 'hybrid', 'correspondence')),
    CONSTRAINT meeting_times_ck CHECK (ends_at > starts_at),
    CONSTRAINT meeting_number_uq UNIQUE (number)
);

CREATE TABLE motion (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR(60) NOT NULL,
    title VARCHAR(200) NOT NULL,
    text TEXT NOT NULL,
    plain_words VARCHAR(2000) DEFAULT '' NOT NULL,
    if_passes VARCHAR(2000) DEFAULT '' NOT NULL,
    if_falls VARCHAR(2000) DEFAULT '' NOT NULL,
    effect JSONB,
    moved_by_coop UUID NOT NULL,
    moved_by UUID,
    seconded_by_coop UUID,
    seconded_at TIMESTAMP WITH TIME ZONE,
    state VARCHAR(12) DEFAULT 'submitted' NOT NULL,
    state_words VARCHAR(2000) DEFAULT '' NOT NULL,
    text_version INTEGER DEFAULT '1' NOT NULL,
    text_hash VARCHAR(64) DEFAULT '' NOT NULL,
    reading_order INTEGER DEFAULT '0' NOT NULL,
    meeting_id UUID,
    poll_id UUID,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    admitted_at TIMESTAMP WITH TIME ZONE,
    noticed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT motion_pk PRIMARY KEY (id),
    CONSTRAINT motion_state_ck CHECK (state IN ('submitted', 'seconded', 'admitted', 'refused', 'withdrawn', 'noticed', 'voting', 'carried', 'lost')),
    CONSTRAINT motion_kind_ck CHECK (kind IN ('ordinary', 'special', 'constitutional')),
    CONSTRAINT motion_number_uq UNIQUE (number)
);

CREATE TABLE poll (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    subject_kind VARCHAR(10) NOT NULL,
    subject_id UUID NOT NULL,
    title VARCHAR(200) NOT NULL,
    method VARCHAR(10) NOT NULL,
    seats INTEGER DEFAULT '1' NOT NULL,
    secret BOOLEAN NOT NULL,
    by_hand BOOLEAN DEFAULT 'false' NOT NULL,
    meeting_id UUID,
    state VARCHAR(10) DEFAULT 'planned' NOT NULL,
    opens_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rule_kind VARCHAR(60) NOT NULL,
    rule_version INTEGER NOT NULL,
    rule JSONB NOT NULL,
    scheme_id UUID NOT NULL,
    snapshot_id UUID NOT NULL,
    weights JSONB DEFAULT '{}'::jsonb NOT NULL,
    sizes JSONB DEFAULT '{}'::jsonb NOT NULL,
    names JSONB DEFAULT '{}'::jsonb NOT NULL,
    classes JSONB DEFAULT '{}'::jsonb NOT NULL,
    quota INTEGER DEFAULT '0' NOT NULL,
    sheet JSONB DEFAULT '{}'::jsonb NOT NULL,
    choices JSONB DEFAULT '[]'::jsonb NOT NULL,
    constraints JSONB DEFAULT '[]'::jsonb NOT NULL,
    text_hash VARCHAR(64) DEFAULT '' NOT NULL,
    lots_commitment VARCHAR(64) DEFAULT '' NOT NULL,
    dice VARCHAR(60) DEFAULT '' NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    reopened_at TIMESTAMP WITH TIME ZONE,
    declared_at TIMESTAMP WITH TIME ZONE,
    declared_by UUID,
    result JSONB,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT poll_pk PRIMARY KEY (id),
    CONSTRAINT poll_subject_kind_ck CHECK (subject_kind IN ('motion', 'amendment', 'election')),
    CONSTRAINT poll_method_ck CHECK (method IN ('yes_no', 'scottish', 'meek', 'irv', 'approval')),
    CONSTRAINT poll_state_ck CHECK (state IN ('planned', 'open', 'closed', 'declared', 'void')),
    CONSTRAINT poll_times_ck CHECK (closes_at > opens_at),
    CONSTRAINT poll_number_uq UNIQUE (number)
);

CREATE INDEX poll_subject_ix ON poll (subject_id);

CREATE TABLE secret_ballot (
    tenant_id UUID DEFAULT '00000000-0000-7000-8000-000000000001'::uuid NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    poll_id UUID NOT NULL,
    vote JSONB NOT NULL,
    CONSTRAINT secret_ballot_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT secret_ballot_nobodys_ck CHECK (tenant_id = '00000000-0000-7000-8000-000000000001'::uuid)
);

CREATE TABLE size_snapshot (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    as_of_date DATE NOT NULL,
    measure VARCHAR NOT NULL,
    source VARCHAR(200) NOT NULL,
    sizes JSONB NOT NULL,
    classes JSONB DEFAULT '{}'::jsonb NOT NULL,
    state VARCHAR DEFAULT 'draft' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    answer_by TIMESTAMP WITH TIME ZONE,
    agreed_at TIMESTAMP WITH TIME ZONE,
    silent JSONB DEFAULT '[]'::jsonb NOT NULL,
    settled JSONB DEFAULT '{}'::jsonb NOT NULL,
    made_by UUID,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT size_snapshot_pk PRIMARY KEY (id),
    CONSTRAINT size_snapshot_state_ck CHECK (state IN ('draft', 'asked', 'agreed')),
    CONSTRAINT size_snapshot_measure_ck CHECK (measure IN ('members', 'staff', 'care_hours_week')),
    CONSTRAINT size_snapshot_number_uq UNIQUE (number)
);

CREATE TABLE weight_scheme (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    name VARCHAR(200) NOT NULL,
    scheme JSONB NOT NULL,
    quota JSONB NOT NULL,
    second_majority JSONB,
    why VARCHAR(2000) DEFAULT '' NOT NULL,
    state VARCHAR DEFAULT 'proposed' NOT NULL,
    warned VARCHAR(2000) DEFAULT '' NOT NULL,
    adopted_on DATE,
    resolution VARCHAR(2000) DEFAULT '' NOT NULL,
    motion_id UUID,
    made_by UUID,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT weight_scheme_pk PRIMARY KEY (id),
    CONSTRAINT weight_scheme_state_ck CHECK (state IN ('proposed', 'adopted', 'replaced')),
    CONSTRAINT weight_scheme_number_uq UNIQUE (number)
);

CREATE TABLE agenda_item (
    meeting_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    place INTEGER NOT NULL,
    title VARCHAR(200) NOT NULL,
    words VARCHAR(2000) DEFAULT '' NOT NULL,
    motion_id UUID,
    election_id UUID,
    minutes TEXT DEFAULT '' NOT NULL,
    CONSTRAINT agenda_item_pk PRIMARY KEY (meeting_id, id),
    CONSTRAINT agenda_item_meeting_id_fk FOREIGN KEY(meeting_id) REFERENCES meeting (id)
);

CREATE TABLE alternate (
    tenant_id UUID NOT NULL,
    person_id UUID NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT alternate_pk PRIMARY KEY (tenant_id, person_id),
    CONSTRAINT alternate_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE amendment (
    id UUID DEFAULT uuidv7() NOT NULL,
    motion_id UUID NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    why VARCHAR(2000) DEFAULT '' NOT NULL,
    by_coop UUID NOT NULL,
    by_person UUID,
    on_version INTEGER NOT NULL,
    state VARCHAR(12) DEFAULT 'submitted' NOT NULL,
    voting_order INTEGER DEFAULT '0' NOT NULL,
    rivals INTEGER,
    poll_id UUID,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT amendment_pk PRIMARY KEY (id),
    CONSTRAINT amendment_state_ck CHECK (state IN ('submitted', 'merged', 'admitted', 'voting', 'carried', 'lost', 'withdrawn', 'overtaken')),
    CONSTRAINT amendment_motion_id_number_uq UNIQUE (motion_id, number),
    CONSTRAINT amendment_motion_id_fk FOREIGN KEY(motion_id) REFERENCES motion (id)
);

CREATE TABLE attendance (
    meeting_id UUID NOT NULL,
    coop_id UUID NOT NULL,
    name VARCHAR(200) NOT NULL,
    person_id UUID,
    way VARCHAR(8) NOT NULL,
    came_at TIMESTAMP WITH TIME ZONE NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT attendance_pk PRIMARY KEY (meeting_id, coop_id, name),
    CONSTRAINT attendance_way_ck CHECK (way IN ('room', 'online', 'proxy')),
    CONSTRAINT attendance_meeting_id_fk FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT attendance_coop_id_fk FOREIGN KEY(coop_id) REFERENCES tenant (id)
);

CREATE TABLE ballot (
    tenant_id UUID NOT NULL,
    poll_id UUID NOT NULL,
    holder UUID NOT NULL,
    units INTEGER NOT NULL,
    parts JSONB NOT NULL,
    changes INTEGER DEFAULT '0' NOT NULL,
    receipt VARCHAR(64) NOT NULL,
    CONSTRAINT ballot_pk PRIMARY KEY (tenant_id, poll_id, holder),
    CONSTRAINT ballot_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT ballot_poll_id_fk FOREIGN KEY(poll_id) REFERENCES poll (id)
);

CREATE TABLE board_row (
    poll_id UUID NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR(10) NOT NULL,
    body TEXT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT board_row_pk PRIMARY KEY (poll_id, number),
    CONSTRAINT board_row_poll_id_fk FOREIGN KEY(poll_id) REFERENCES poll (id)
);

CREATE TABLE candidate (
    id UUID DEFAULT uuidv7() NOT NULL,
    election_id UUID NOT NULL,
    name VARCHAR(200) NOT NULL,
    coop_id UUID NOT NULL,
    class_name VARCHAR(60) DEFAULT '' NOT NULL,
    statement VARCHAR(2000) DEFAULT '' NOT NULL,
    state VARCHAR(10) DEFAULT 'nominated' NOT NULL,
    nominated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT candidate_pk PRIMARY KEY (id),
    CONSTRAINT candidate_state_ck CHECK (state IN ('nominated', 'withdrawn')),
    CONSTRAINT candidate_election_id_fk FOREIGN KEY(election_id) REFERENCES election (id),
    CONSTRAINT candidate_coop_id_fk FOREIGN KEY(coop_id) REFERENCES tenant (id)
);

CREATE INDEX candidate_election_ix ON candidate (election_id);

CREATE TABLE decision_rule (
    id UUID DEFAULT uuidv7() NOT NULL,
    kind VARCHAR(60) NOT NULL,
    version INTEGER NOT NULL,
    rule JSONB NOT NULL,
    scheme_id UUID NOT NULL,
    source VARCHAR(2000) DEFAULT '' NOT NULL,
    in_force_from DATE NOT NULL,
    resolution VARCHAR(2000) NOT NULL,
    motion_id UUID,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT decision_rule_pk PRIMARY KEY (id),
    CONSTRAINT decision_rule_kind_ck CHECK (kind IN ('ordinary', 'special', 'constitutional', 'election')),
    CONSTRAINT decision_rule_kind_version_uq UNIQUE (kind, version),
    CONSTRAINT decision_rule_scheme_id_fk FOREIGN KEY(scheme_id) REFERENCES weight_scheme (id)
);

CREATE TABLE delegate_share (
    tenant_id UUID NOT NULL,
    poll_id UUID NOT NULL,
    person_id UUID NOT NULL,
    units INTEGER NOT NULL,
    CONSTRAINT delegate_share_pk PRIMARY KEY (tenant_id, poll_id, person_id),
    CONSTRAINT delegate_share_units_ck CHECK (units > 0),
    CONSTRAINT delegate_share_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT delegate_share_poll_id_fk FOREIGN KEY(poll_id) REFERENCES poll (id)
);

CREATE TABLE hands_entry (
    id UUID DEFAULT uuidv7() NOT NULL,
    poll_id UUID NOT NULL,
    lines JSONB NOT NULL,
    state VARCHAR(10) DEFAULT 'typed' NOT NULL,
    typed_by UUID NOT NULL,
    typed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_by UUID,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    words VARCHAR(2000) DEFAULT '' NOT NULL,
    CONSTRAINT hands_entry_pk PRIMARY KEY (id),
    CONSTRAINT hands_entry_state_ck CHECK (state IN ('typed', 'confirmed', 'rejected')),
    CONSTRAINT hands_entry_two_pairs_of_eyes_ck CHECK (confirmed_by IS DISTINCT FROM typed_by),
    CONSTRAINT hands_entry_poll_id_fk FOREIGN KEY(poll_id) REFERENCES poll (id)
);

CREATE TABLE minutes (
    meeting_id UUID NOT NULL,
    body TEXT NOT NULL,
    state VARCHAR(10) DEFAULT 'draft' NOT NULL,
    hash VARCHAR(64) DEFAULT '' NOT NULL,
    drafted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_meeting_id UUID,
    approved_words VARCHAR(2000) DEFAULT '' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT minutes_pk PRIMARY KEY (meeting_id),
    CONSTRAINT minutes_state_ck CHECK (state IN ('draft', 'published', 'approved')),
    CONSTRAINT minutes_meeting_id_fk FOREIGN KEY(meeting_id) REFERENCES meeting (id)
);

CREATE TABLE motion_draft (
    tenant_id UUID NOT NULL,
    id UUID DEFAULT uuidv7() NOT NULL,
    title VARCHAR(200) NOT NULL,
    text TEXT NOT NULL,
    plain_words VARCHAR(2000) DEFAULT '' NOT NULL,
    if_passes VARCHAR(2000) DEFAULT '' NOT NULL,
    if_falls VARCHAR(2000) DEFAULT '' NOT NULL,
    kind VARCHAR(60) DEFAULT 'ordinary' NOT NULL,
    effect JSONB,
    motion_id UUID,
    written_by UUID,
    written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT motion_draft_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT motion_draft_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE motion_remark (
    id UUID DEFAULT uuidv7() NOT NULL,
    motion_id UUID NOT NULL,
    by_coop UUID NOT NULL,
    by_person UUID,
    leaning VARCHAR(10) NOT NULL,
    words VARCHAR(2000) NOT NULL,
    answers_id UUID,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    hidden_why VARCHAR(2000),
    CONSTRAINT motion_remark_pk PRIMARY KEY (id),
    CONSTRAINT motion_remark_leaning_ck CHECK (leaning IN ('for', 'against', 'question', 'remark')),
    CONSTRAINT motion_remark_motion_id_fk FOREIGN KEY(motion_id) REFERENCES motion (id)
);

CREATE INDEX motion_remark_motion_ix ON motion_remark (motion_id, said_at);

CREATE TABLE motion_text (
    motion_id UUID NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    why VARCHAR(2000) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT motion_text_pk PRIMARY KEY (motion_id, version),
    CONSTRAINT motion_text_motion_id_fk FOREIGN KEY(motion_id) REFERENCES motion (id)
);

CREATE TABLE policy (
    id UUID DEFAULT uuidv7() NOT NULL,
    number INTEGER NOT NULL,
    title VARCHAR(200) NOT NULL,
    text TEXT NOT NULL,
    motion_id UUID NOT NULL,
    in_force_from DATE NOT NULL,
    in_force_until DATE,
    review_on DATE,
    supersedes_id UUID,
    set_words VARCHAR(2000) DEFAULT '' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT policy_pk PRIMARY KEY (id),
    CONSTRAINT policy_number_uq UNIQUE (number),
    CONSTRAINT policy_motion_id_uq UNIQUE (motion_id),
    CONSTRAINT policy_motion_id_fk FOREIGN KEY(motion_id) REFERENCES motion (id),
    CONSTRAINT policy_supersedes_id_fk FOREIGN KEY(supersedes_id) REFERENCES policy (id)
);

CREATE TABLE poll_seed (
    poll_id UUID NOT NULL,
    seed VARCHAR(64) NOT NULL,
    CONSTRAINT poll_seed_pk PRIMARY KEY (poll_id),
    CONSTRAINT poll_seed_poll_id_fk FOREIGN KEY(poll_id) REFERENCES poll (id)
);

CREATE TABLE proxy (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    side VARCHAR(6) NOT NULL,
    counterparty_id UUID NOT NULL,
    poll_id UUID,
    from_date DATE NOT NULL,
    until_date DATE NOT NULL,
    words VARCHAR(2000) DEFAULT '' NOT NULL,
    given_by UUID,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT proxy_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT proxy_side_ck CHECK (side IN ('giver', 'holder')),
    CONSTRAINT proxy_dates_ck CHECK (until_date >= from_date),
    CONSTRAINT proxy_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE INDEX proxy_both_ix ON proxy (id);

CREATE TABLE size_answer (
    tenant_id UUID NOT NULL,
    snapshot_id UUID NOT NULL,
    answer VARCHAR NOT NULL,
    size INTEGER,
    words VARCHAR(2000) DEFAULT '' NOT NULL,
    answered_by UUID,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT size_answer_pk PRIMARY KEY (tenant_id, snapshot_id),
    CONSTRAINT size_answer_answer_ck CHECK (answer IN ('agree', 'dispute')),
    CONSTRAINT size_answer_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT size_answer_snapshot_id_fk FOREIGN KEY(snapshot_id) REFERENCES size_snapshot (id)
);

CREATE TABLE turnout (
    tenant_id UUID NOT NULL,
    poll_id UUID NOT NULL,
    holder UUID NOT NULL,
    person_id UUID,
    by_coop UUID,
    units INTEGER NOT NULL,
    way VARCHAR(10) NOT NULL,
    cast_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT turnout_pk PRIMARY KEY (tenant_id, poll_id, holder),
    CONSTRAINT turnout_way_ck CHECK (way IN ('delegate', 'alternate', 'proxy', 'teller')),
    CONSTRAINT turnout_tenant_id_fk FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT turnout_poll_id_fk FOREIGN KEY(poll_id) REFERENCES poll (id)
);

CREATE TABLE policy_report (
    policy_id UUID NOT NULL,
    coop_id UUID NOT NULL,
    state VARCHAR(12) NOT NULL,
    words VARCHAR(2000) DEFAULT '' NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT policy_report_pk PRIMARY KEY (policy_id, coop_id),
    CONSTRAINT policy_report_state_ck CHECK (state IN ('done', 'begun', 'not_yet', 'not_for_us')),
    CONSTRAINT policy_report_policy_id_fk FOREIGN KEY(policy_id) REFERENCES policy (id),
    CONSTRAINT policy_report_coop_id_fk FOREIGN KEY(coop_id) REFERENCES tenant (id)
);
