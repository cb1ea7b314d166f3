-- The wall: row-level security forced on every table, one policy for each role and verb. {prefix} is the role prefix.

ALTER TABLE match_replay ENABLE ROW LEVEL SECURITY;
ALTER TABLE match_replay FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON match_replay TO {prefix}_office;
CREATE POLICY match_replay_office_select ON match_replay FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY match_replay_office_insert ON match_replay FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY match_replay_office_update ON match_replay FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY match_replay_office_delete ON match_replay FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE rate_card ENABLE ROW LEVEL SECURITY;
ALTER TABLE rate_card FORCE ROW LEVEL SECURITY;
GRANT select ON rate_card TO {prefix}_member;
CREATE POLICY rate_card_member_select ON rate_card FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert ON rate_card TO {prefix}_office;
CREATE POLICY rate_card_office_select ON rate_card FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY rate_card_office_insert ON rate_card FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE secondment_framework ENABLE ROW LEVEL SECURITY;
ALTER TABLE secondment_framework FORCE ROW LEVEL SECURITY;
GRANT select ON secondment_framework TO {prefix}_member;
CREATE POLICY secondment_framework_member_select ON secondment_framework FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert ON secondment_framework TO {prefix}_office;
CREATE POLICY secondment_framework_office_select ON secondment_framework FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY secondment_framework_office_insert ON secondment_framework FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE settlement_cycle ENABLE ROW LEVEL SECURITY;
ALTER TABLE settlement_cycle FORCE ROW LEVEL SECURITY;
GRANT select ON settlement_cycle TO {prefix}_member;
CREATE POLICY settlement_cycle_member_select ON settlement_cycle FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON settlement_cycle TO {prefix}_office;
CREATE POLICY settlement_cycle_office_select ON settlement_cycle FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY settlement_cycle_office_insert ON settlement_cycle FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY settlement_cycle_office_update ON settlement_cycle FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY settlement_cycle_office_delete ON settlement_cycle FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE bank_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_entry FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON bank_entry TO {prefix}_member;
CREATE POLICY bank_entry_member_select ON bank_entry FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bank_entry_member_insert ON bank_entry FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bank_entry_member_update ON bank_entry FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bank_entry_member_delete ON bank_entry FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON bank_entry TO {prefix}_office;
CREATE POLICY bank_entry_office_select ON bank_entry FOR SELECT TO {prefix}_office USING (true);
GRANT select ON bank_entry TO {prefix}_crossing;
CREATE POLICY bank_entry_crossing_select ON bank_entry FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE bank_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_policy FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON bank_policy TO {prefix}_member;
CREATE POLICY bank_policy_member_select ON bank_policy FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bank_policy_member_insert ON bank_policy FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bank_policy_member_update ON bank_policy FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bank_policy_member_delete ON bank_policy FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON bank_policy TO {prefix}_office;
CREATE POLICY bank_policy_office_select ON bank_policy FOR SELECT TO {prefix}_office USING (true);
GRANT select ON bank_policy TO {prefix}_crossing;
CREATE POLICY bank_policy_crossing_select ON bank_policy FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE bar ENABLE ROW LEVEL SECURITY;
ALTER TABLE bar FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON bar TO {prefix}_member;
CREATE POLICY bar_member_select ON bar FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bar_member_insert ON bar FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bar_member_update ON bar FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY bar_member_delete ON bar FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON bar TO {prefix}_office;
CREATE POLICY bar_office_select ON bar FOR SELECT TO {prefix}_office USING (true);

ALTER TABLE booked_time ENABLE ROW LEVEL SECURITY;
ALTER TABLE booked_time FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON booked_time TO {prefix}_crossing;
CREATE POLICY booked_time_crossing_select ON booked_time FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY booked_time_crossing_insert ON booked_time FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY booked_time_crossing_update ON booked_time FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);
CREATE POLICY booked_time_crossing_delete ON booked_time FOR DELETE TO {prefix}_crossing USING (true);

ALTER TABLE calendar_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendar_key FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON calendar_key TO {prefix}_door;
CREATE POLICY calendar_key_door_select ON calendar_key FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY calendar_key_door_insert ON calendar_key FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY calendar_key_door_update ON calendar_key FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY calendar_key_door_delete ON calendar_key FOR DELETE TO {prefix}_door USING (true);

ALTER TABLE carer ENABLE ROW LEVEL SECURITY;
ALTER TABLE carer FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON carer TO {prefix}_member;
CREATE POLICY carer_member_select ON carer FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY carer_member_insert ON carer FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY carer_member_update ON carer FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY carer_member_delete ON carer FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON carer TO {prefix}_crossing;
CREATE POLICY carer_crossing_select ON carer FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE client ENABLE ROW LEVEL SECURITY;
ALTER TABLE client FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON client TO {prefix}_member;
CREATE POLICY client_member_select ON client FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY client_member_insert ON client FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY client_member_update ON client FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY client_member_delete ON client FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON client TO {prefix}_crossing;
CREATE POLICY client_crossing_select ON client FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE cover_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE cover_request FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON cover_request TO {prefix}_member;
CREATE POLICY cover_request_member_select ON cover_request FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY cover_request_member_insert ON cover_request FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY cover_request_member_update ON cover_request FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY cover_request_member_delete ON cover_request FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON cover_request TO {prefix}_office;
CREATE POLICY cover_request_office_select ON cover_request FOR SELECT TO {prefix}_office USING (true);
GRANT select, update ON cover_request TO {prefix}_crossing;
CREATE POLICY cover_request_crossing_select ON cover_request FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY cover_request_crossing_update ON cover_request FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE framework_consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE framework_consent FORCE ROW LEVEL SECURITY;
GRANT select, insert ON framework_consent TO {prefix}_member;
CREATE POLICY framework_consent_member_select ON framework_consent FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY framework_consent_member_insert ON framework_consent FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON framework_consent TO {prefix}_office;
CREATE POLICY framework_consent_office_select ON framework_consent FOR SELECT TO {prefix}_office USING (true);
GRANT select ON framework_consent TO {prefix}_crossing;
CREATE POLICY framework_consent_crossing_select ON framework_consent FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE hours_balance ENABLE ROW LEVEL SECURITY;
ALTER TABLE hours_balance FORCE ROW LEVEL SECURITY;
GRANT select ON hours_balance TO {prefix}_member;
CREATE POLICY hours_balance_member_select ON hours_balance FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON hours_balance TO {prefix}_office;
CREATE POLICY hours_balance_office_select ON hours_balance FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY hours_balance_office_insert ON hours_balance FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY hours_balance_office_update ON hours_balance FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY hours_balance_office_delete ON hours_balance FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE match_refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE match_refusal FORCE ROW LEVEL SECURITY;
GRANT select ON match_refusal TO {prefix}_member;
CREATE POLICY match_refusal_member_select ON match_refusal FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON match_refusal TO {prefix}_office;
CREATE POLICY match_refusal_office_select ON match_refusal FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY match_refusal_office_insert ON match_refusal FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY match_refusal_office_update ON match_refusal FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY match_refusal_office_delete ON match_refusal FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE match_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE match_run FORCE ROW LEVEL SECURITY;
GRANT select ON match_run TO {prefix}_member;
CREATE POLICY match_run_member_select ON match_run FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON match_run TO {prefix}_office;
CREATE POLICY match_run_office_select ON match_run FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY match_run_office_insert ON match_run FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY match_run_office_update ON match_run FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY match_run_office_delete ON match_run FOR DELETE TO {prefix}_office USING (true);
GRANT select ON match_run TO {prefix}_crossing;
CREATE POLICY match_run_crossing_select ON match_run FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE placement ENABLE ROW LEVEL SECURITY;
ALTER TABLE placement FORCE ROW LEVEL SECURITY;
GRANT select ON placement TO {prefix}_member;
CREATE POLICY placement_member_select ON placement FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON placement TO {prefix}_office;
CREATE POLICY placement_office_select ON placement FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY placement_office_insert ON placement FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY placement_office_update ON placement FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY placement_office_delete ON placement FOR DELETE TO {prefix}_office USING (true);
GRANT select, insert, update ON placement TO {prefix}_crossing;
CREATE POLICY placement_crossing_select ON placement FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY placement_crossing_insert ON placement FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY placement_crossing_update ON placement FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE placement_schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE placement_schedule FORCE ROW LEVEL SECURITY;
GRANT select ON placement_schedule TO {prefix}_member;
CREATE POLICY placement_schedule_member_select ON placement_schedule FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON placement_schedule TO {prefix}_office;
CREATE POLICY placement_schedule_office_select ON placement_schedule FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY placement_schedule_office_insert ON placement_schedule FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY placement_schedule_office_update ON placement_schedule FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY placement_schedule_office_delete ON placement_schedule FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE rota_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE rota_import FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON rota_import TO {prefix}_member;
CREATE POLICY rota_import_member_select ON rota_import FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY rota_import_member_insert ON rota_import FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY rota_import_member_update ON rota_import FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY rota_import_member_delete ON rota_import FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);

ALTER TABLE settlement_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE settlement_line FORCE ROW LEVEL SECURITY;
GRANT select ON settlement_line TO {prefix}_member;
CREATE POLICY settlement_line_member_select ON settlement_line FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON settlement_line TO {prefix}_office;
CREATE POLICY settlement_line_office_select ON settlement_line FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY settlement_line_office_insert ON settlement_line FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY settlement_line_office_update ON settlement_line FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY settlement_line_office_delete ON settlement_line FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE staff_recharge ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_recharge FORCE ROW LEVEL SECURITY;
GRANT select ON staff_recharge TO {prefix}_member;
CREATE POLICY staff_recharge_member_select ON staff_recharge FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON staff_recharge TO {prefix}_office;
CREATE POLICY staff_recharge_office_select ON staff_recharge FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY staff_recharge_office_insert ON staff_recharge FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY staff_recharge_office_update ON staff_recharge FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY staff_recharge_office_delete ON staff_recharge FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE timesheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE timesheet FORCE ROW LEVEL SECURITY;
GRANT select ON timesheet TO {prefix}_member;
CREATE POLICY timesheet_member_select ON timesheet FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON timesheet TO {prefix}_office;
CREATE POLICY timesheet_office_select ON timesheet FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY timesheet_office_insert ON timesheet FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY timesheet_office_update ON timesheet FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY timesheet_office_delete ON timesheet FOR DELETE TO {prefix}_office USING (true);
GRANT select, insert, update ON timesheet TO {prefix}_crossing;
CREATE POLICY timesheet_crossing_select ON timesheet FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY timesheet_crossing_insert ON timesheet FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY timesheet_crossing_update ON timesheet FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE timesheet_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE timesheet_word FORCE ROW LEVEL SECURITY;
GRANT select ON timesheet_word TO {prefix}_member;
CREATE POLICY timesheet_word_member_select ON timesheet_word FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON timesheet_word TO {prefix}_office;
CREATE POLICY timesheet_word_office_select ON timesheet_word FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY timesheet_word_office_insert ON timesheet_word FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY timesheet_word_office_update ON timesheet_word FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY timesheet_word_office_delete ON timesheet_word FOR DELETE TO {prefix}_office USING (true);
GRANT insert ON timesheet_word TO {prefix}_crossing;
CREATE POLICY timesheet_word_crossing_insert ON timesheet_word FOR INSERT TO {prefix}_crossing WITH CHECK (true);

ALTER TABLE carer_check ENABLE ROW LEVEL SECURITY;
ALTER TABLE carer_check FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON carer_check TO {prefix}_member;
CREATE POLICY carer_check_member_select ON carer_check FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY carer_check_member_insert ON carer_check FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY carer_check_member_update ON carer_check FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY carer_check_member_delete ON carer_check FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);

ALTER TABLE cover_shift ENABLE ROW LEVEL SECURITY;
ALTER TABLE cover_shift FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON cover_shift TO {prefix}_member;
CREATE POLICY cover_shift_member_select ON cover_shift FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY cover_shift_member_insert ON cover_shift FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY cover_shift_member_update ON cover_shift FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY cover_shift_member_delete ON cover_shift FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON cover_shift TO {prefix}_office;
CREATE POLICY cover_shift_office_select ON cover_shift FOR SELECT TO {prefix}_office USING (true);
GRANT select, update ON cover_shift TO {prefix}_crossing;
CREATE POLICY cover_shift_crossing_select ON cover_shift FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY cover_shift_crossing_update ON cover_shift FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE day_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE day_window FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON day_window TO {prefix}_member;
CREATE POLICY day_window_member_select ON day_window FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY day_window_member_insert ON day_window FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY day_window_member_update ON day_window FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY day_window_member_delete ON day_window FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);

ALTER TABLE rota_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE rota_feed FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON rota_feed TO {prefix}_member;
CREATE POLICY rota_feed_member_select ON rota_feed FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY rota_feed_member_insert ON rota_feed FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY rota_feed_member_update ON rota_feed FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY rota_feed_member_delete ON rota_feed FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);

ALTER TABLE weekly_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE weekly_window FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON weekly_window TO {prefix}_member;
CREATE POLICY weekly_window_member_select ON weekly_window FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY weekly_window_member_insert ON weekly_window FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY weekly_window_member_update ON weekly_window FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY weekly_window_member_delete ON weekly_window FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);

ALTER TABLE work_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_block FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON work_block TO {prefix}_member;
CREATE POLICY work_block_member_select ON work_block FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY work_block_member_insert ON work_block FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY work_block_member_update ON work_block FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY work_block_member_delete ON work_block FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON work_block TO {prefix}_crossing;
CREATE POLICY work_block_crossing_select ON work_block FOR SELECT TO {prefix}_crossing USING (true);
