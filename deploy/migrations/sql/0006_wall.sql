-- The wall: row-level security forced on every table, one policy for each role and verb. {prefix} is the role prefix.

ALTER TABLE election ENABLE ROW LEVEL SECURITY;
ALTER TABLE election FORCE ROW LEVEL SECURITY;
GRANT select ON election TO {prefix}_member;
CREATE POLICY election_member_select ON election FOR SELECT TO {prefix}_member USING (state <> 'draft');
GRANT select, insert, update, delete ON election TO {prefix}_office;
CREATE POLICY election_office_select ON election FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY election_office_insert ON election FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY election_office_update ON election FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY election_office_delete ON election FOR DELETE TO {prefix}_office USING (true);
GRANT select ON election TO {prefix}_crossing;
CREATE POLICY election_crossing_select ON election FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE meeting ENABLE ROW LEVEL SECURITY;
ALTER TABLE meeting FORCE ROW LEVEL SECURITY;
GRANT select ON meeting TO {prefix}_member;
CREATE POLICY meeting_member_select ON meeting FOR SELECT TO {prefix}_member USING (state <> 'draft');
GRANT select, insert, update, delete ON meeting TO {prefix}_office;
CREATE POLICY meeting_office_select ON meeting FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY meeting_office_insert ON meeting FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY meeting_office_update ON meeting FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY meeting_office_delete ON meeting FOR DELETE TO {prefix}_office USING (true);
GRANT select ON meeting TO {prefix}_crossing;
CREATE POLICY meeting_crossing_select ON meeting FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE motion ENABLE ROW LEVEL SECURITY;
ALTER TABLE motion FORCE ROW LEVEL SECURITY;
GRANT select ON motion TO {prefix}_member;
CREATE POLICY motion_member_select ON motion FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON motion TO {prefix}_office;
CREATE POLICY motion_office_select ON motion FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY motion_office_insert ON motion FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY motion_office_update ON motion FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY motion_office_delete ON motion FOR DELETE TO {prefix}_office USING (true);
GRANT select, insert, update ON motion TO {prefix}_crossing;
CREATE POLICY motion_crossing_select ON motion FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY motion_crossing_insert ON motion FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY motion_crossing_update ON motion FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE poll ENABLE ROW LEVEL SECURITY;
ALTER TABLE poll FORCE ROW LEVEL SECURITY;
GRANT select ON poll TO {prefix}_member;
CREATE POLICY poll_member_select ON poll FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON poll TO {prefix}_office;
CREATE POLICY poll_office_select ON poll FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY poll_office_insert ON poll FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY poll_office_update ON poll FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY poll_office_delete ON poll FOR DELETE TO {prefix}_office USING (true);
GRANT select, update ON poll TO {prefix}_crossing;
CREATE POLICY poll_crossing_select ON poll FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY poll_crossing_update ON poll FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE secret_ballot ENABLE ROW LEVEL SECURITY;
ALTER TABLE secret_ballot FORCE ROW LEVEL SECURITY;
GRANT select, insert ON secret_ballot TO {prefix}_crossing;
CREATE POLICY secret_ballot_crossing_select ON secret_ballot FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY secret_ballot_crossing_insert ON secret_ballot FOR INSERT TO {prefix}_crossing WITH CHECK (true);

ALTER TABLE size_snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE size_snapshot FORCE ROW LEVEL SECURITY;
GRANT select ON size_snapshot TO {prefix}_member;
CREATE POLICY size_snapshot_member_select ON size_snapshot FOR SELECT TO {prefix}_member USING (state <> 'draft');
GRANT select, insert, update, delete ON size_snapshot TO {prefix}_office;
CREATE POLICY size_snapshot_office_select ON size_snapshot FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY size_snapshot_office_insert ON size_snapshot FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY size_snapshot_office_update ON size_snapshot FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY size_snapshot_office_delete ON size_snapshot FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE weight_scheme ENABLE ROW LEVEL SECURITY;
ALTER TABLE weight_scheme FORCE ROW LEVEL SECURITY;
GRANT select ON weight_scheme TO {prefix}_member;
CREATE POLICY weight_scheme_member_select ON weight_scheme FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON weight_scheme TO {prefix}_office;
CREATE POLICY weight_scheme_office_select ON weight_scheme FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY weight_scheme_office_insert ON weight_scheme FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY weight_scheme_office_update ON weight_scheme FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY weight_scheme_office_delete ON weight_scheme FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE agenda_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE agenda_item FORCE ROW LEVEL SECURITY;
GRANT select ON agenda_item TO {prefix}_member;
CREATE POLICY agenda_item_member_select ON agenda_item FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON agenda_item TO {prefix}_office;
CREATE POLICY agenda_item_office_select ON agenda_item FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY agenda_item_office_insert ON agenda_item FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY agenda_item_office_update ON agenda_item FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY agenda_item_office_delete ON agenda_item FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE alternate ENABLE ROW LEVEL SECURITY;
ALTER TABLE alternate FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON alternate TO {prefix}_member;
CREATE POLICY alternate_member_select ON alternate FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY alternate_member_insert ON alternate FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY alternate_member_update ON alternate FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY alternate_member_delete ON alternate FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON alternate TO {prefix}_crossing;
CREATE POLICY alternate_crossing_select ON alternate FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE amendment ENABLE ROW LEVEL SECURITY;
ALTER TABLE amendment FORCE ROW LEVEL SECURITY;
GRANT select ON amendment TO {prefix}_member;
CREATE POLICY amendment_member_select ON amendment FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON amendment TO {prefix}_office;
CREATE POLICY amendment_office_select ON amendment FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY amendment_office_insert ON amendment FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY amendment_office_update ON amendment FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY amendment_office_delete ON amendment FOR DELETE TO {prefix}_office USING (true);
GRANT select, insert, update ON amendment TO {prefix}_crossing;
CREATE POLICY amendment_crossing_select ON amendment FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY amendment_crossing_insert ON amendment FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY amendment_crossing_update ON amendment FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE attendance ENABLE ROW LEVEL SECURITY;
ALTER TABLE attendance FORCE ROW LEVEL SECURITY;
GRANT select ON attendance TO {prefix}_member;
CREATE POLICY attendance_member_select ON attendance FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON attendance TO {prefix}_office;
CREATE POLICY attendance_office_select ON attendance FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY attendance_office_insert ON attendance FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY attendance_office_update ON attendance FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY attendance_office_delete ON attendance FOR DELETE TO {prefix}_office USING (true);
GRANT select, insert, update ON attendance TO {prefix}_crossing;
CREATE POLICY attendance_crossing_select ON attendance FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY attendance_crossing_insert ON attendance FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY attendance_crossing_update ON attendance FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE ballot ENABLE ROW LEVEL SECURITY;
ALTER TABLE ballot FORCE ROW LEVEL SECURITY;
GRANT select ON ballot TO {prefix}_member;
CREATE POLICY ballot_member_select ON ballot FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON ballot TO {prefix}_crossing;
CREATE POLICY ballot_crossing_select ON ballot FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY ballot_crossing_insert ON ballot FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY ballot_crossing_update ON ballot FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);
CREATE POLICY ballot_crossing_delete ON ballot FOR DELETE TO {prefix}_crossing USING (true);

ALTER TABLE board_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE board_row FORCE ROW LEVEL SECURITY;
GRANT select ON board_row TO {prefix}_member;
CREATE POLICY board_row_member_select ON board_row FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert ON board_row TO {prefix}_office;
CREATE POLICY board_row_office_select ON board_row FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY board_row_office_insert ON board_row FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE candidate ENABLE ROW LEVEL SECURITY;
ALTER TABLE candidate FORCE ROW LEVEL SECURITY;
GRANT select ON candidate TO {prefix}_member;
CREATE POLICY candidate_member_select ON candidate FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON candidate TO {prefix}_office;
CREATE POLICY candidate_office_select ON candidate FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY candidate_office_insert ON candidate FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY candidate_office_update ON candidate FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY candidate_office_delete ON candidate FOR DELETE TO {prefix}_office USING (true);
GRANT select, insert, update ON candidate TO {prefix}_crossing;
CREATE POLICY candidate_crossing_select ON candidate FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY candidate_crossing_insert ON candidate FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY candidate_crossing_update ON candidate FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE decision_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision_rule FORCE ROW LEVEL SECURITY;
GRANT select ON decision_rule TO {prefix}_member;
CREATE POLICY decision_rule_member_select ON decision_rule FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert ON decision_rule TO {prefix}_office;
CREATE POLICY decision_rule_office_select ON decision_rule FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY decision_rule_office_insert ON decision_rule FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE delegate_share ENABLE ROW LEVEL SECURITY;
ALTER TABLE delegate_share FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON delegate_share TO {prefix}_member;
CREATE POLICY delegate_share_member_select ON delegate_share FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY delegate_share_member_insert ON delegate_share FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY delegate_share_member_update ON delegate_share FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY delegate_share_member_delete ON delegate_share FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON delegate_share TO {prefix}_crossing;
CREATE POLICY delegate_share_crossing_select ON delegate_share FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE hands_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE hands_entry FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON hands_entry TO {prefix}_office;
CREATE POLICY hands_entry_office_select ON hands_entry FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY hands_entry_office_insert ON hands_entry FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY hands_entry_office_update ON hands_entry FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY hands_entry_office_delete ON hands_entry FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE minutes FORCE ROW LEVEL SECURITY;
GRANT select ON minutes TO {prefix}_member;
CREATE POLICY minutes_member_select ON minutes FOR SELECT TO {prefix}_member USING (state <> 'draft');
GRANT select, insert, update, delete ON minutes TO {prefix}_office;
CREATE POLICY minutes_office_select ON minutes FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY minutes_office_insert ON minutes FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY minutes_office_update ON minutes FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY minutes_office_delete ON minutes FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE motion_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE motion_draft FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON motion_draft TO {prefix}_member;
CREATE POLICY motion_draft_member_select ON motion_draft FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY motion_draft_member_insert ON motion_draft FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY motion_draft_member_update ON motion_draft FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY motion_draft_member_delete ON motion_draft FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, update ON motion_draft TO {prefix}_crossing;
CREATE POLICY motion_draft_crossing_select ON motion_draft FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY motion_draft_crossing_update ON motion_draft FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE motion_remark ENABLE ROW LEVEL SECURITY;
ALTER TABLE motion_remark FORCE ROW LEVEL SECURITY;
GRANT select ON motion_remark TO {prefix}_member;
CREATE POLICY motion_remark_member_select ON motion_remark FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON motion_remark TO {prefix}_office;
CREATE POLICY motion_remark_office_select ON motion_remark FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY motion_remark_office_insert ON motion_remark FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY motion_remark_office_update ON motion_remark FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY motion_remark_office_delete ON motion_remark FOR DELETE TO {prefix}_office USING (true);
GRANT select, insert ON motion_remark TO {prefix}_crossing;
CREATE POLICY motion_remark_crossing_select ON motion_remark FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY motion_remark_crossing_insert ON motion_remark FOR INSERT TO {prefix}_crossing WITH CHECK (true);

ALTER TABLE motion_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE motion_text FORCE ROW LEVEL SECURITY;
GRANT select ON motion_text TO {prefix}_member;
CREATE POLICY motion_text_member_select ON motion_text FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert ON motion_text TO {prefix}_office;
CREATE POLICY motion_text_office_select ON motion_text FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY motion_text_office_insert ON motion_text FOR INSERT TO {prefix}_office WITH CHECK (true);
GRANT select, insert ON motion_text TO {prefix}_crossing;
CREATE POLICY motion_text_crossing_select ON motion_text FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY motion_text_crossing_insert ON motion_text FOR INSERT TO {prefix}_crossing WITH CHECK (true);

ALTER TABLE policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE policy FORCE ROW LEVEL SECURITY;
GRANT select ON policy TO {prefix}_member;
CREATE POLICY policy_member_select ON policy FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON policy TO {prefix}_office;
CREATE POLICY policy_office_select ON policy FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY policy_office_insert ON policy FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY policy_office_update ON policy FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY policy_office_delete ON policy FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE poll_seed ENABLE ROW LEVEL SECURITY;
ALTER TABLE poll_seed FORCE ROW LEVEL SECURITY;
GRANT select, insert ON poll_seed TO {prefix}_office;
CREATE POLICY poll_seed_office_select ON poll_seed FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY poll_seed_office_insert ON poll_seed FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE proxy ENABLE ROW LEVEL SECURITY;
ALTER TABLE proxy FORCE ROW LEVEL SECURITY;
GRANT select ON proxy TO {prefix}_member;
CREATE POLICY proxy_member_select ON proxy FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON proxy TO {prefix}_office;
CREATE POLICY proxy_office_select ON proxy FOR SELECT TO {prefix}_office USING (true);
GRANT select, insert, update ON proxy TO {prefix}_crossing;
CREATE POLICY proxy_crossing_select ON proxy FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY proxy_crossing_insert ON proxy FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY proxy_crossing_update ON proxy FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE size_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE size_answer FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON size_answer TO {prefix}_member;
CREATE POLICY size_answer_member_select ON size_answer FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY size_answer_member_insert ON size_answer FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY size_answer_member_update ON size_answer FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY size_answer_member_delete ON size_answer FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON size_answer TO {prefix}_office;
CREATE POLICY size_answer_office_select ON size_answer FOR SELECT TO {prefix}_office USING (true);

ALTER TABLE turnout ENABLE ROW LEVEL SECURITY;
ALTER TABLE turnout FORCE ROW LEVEL SECURITY;
GRANT select ON turnout TO {prefix}_member;
CREATE POLICY turnout_member_select ON turnout FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON turnout TO {prefix}_office;
CREATE POLICY turnout_office_select ON turnout FOR SELECT TO {prefix}_office USING (true);
GRANT select, insert, update, delete ON turnout TO {prefix}_crossing;
CREATE POLICY turnout_crossing_select ON turnout FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY turnout_crossing_insert ON turnout FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY turnout_crossing_update ON turnout FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);
CREATE POLICY turnout_crossing_delete ON turnout FOR DELETE TO {prefix}_crossing USING (true);

ALTER TABLE policy_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE policy_report FORCE ROW LEVEL SECURITY;
GRANT select ON policy_report TO {prefix}_member;
CREATE POLICY policy_report_member_select ON policy_report FOR SELECT TO {prefix}_member USING (true);
GRANT select ON policy_report TO {prefix}_office;
CREATE POLICY policy_report_office_select ON policy_report FOR SELECT TO {prefix}_office USING (true);
GRANT select, insert, update ON policy_report TO {prefix}_crossing;
CREATE POLICY policy_report_crossing_select ON policy_report FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY policy_report_crossing_insert ON policy_report FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY policy_report_crossing_update ON policy_report FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);
