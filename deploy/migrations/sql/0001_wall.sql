-- The wall: row-level security forced on every table, one policy for each role and verb. {prefix} is the role prefix.

ALTER TABLE buying_round ENABLE ROW LEVEL SECURITY;
ALTER TABLE buying_round FORCE ROW LEVEL SECURITY;
GRANT select ON buying_round TO {prefix}_member;
CREATE POLICY buying_round_member_select ON buying_round FOR SELECT TO {prefix}_member USING (state <> 'draft');
GRANT select, insert, update, delete ON buying_round TO {prefix}_office;
CREATE POLICY buying_round_office_select ON buying_round FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY buying_round_office_insert ON buying_round FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY buying_round_office_update ON buying_round FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY buying_round_office_delete ON buying_round FOR DELETE TO {prefix}_office USING (true);
GRANT select, update ON buying_round TO {prefix}_crossing;
CREATE POLICY buying_round_crossing_select ON buying_round FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY buying_round_crossing_update ON buying_round FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE import_batch ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_batch FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON import_batch TO {prefix}_office;
CREATE POLICY import_batch_office_select ON import_batch FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY import_batch_office_insert ON import_batch FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY import_batch_office_update ON import_batch FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY import_batch_office_delete ON import_batch FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE item ENABLE ROW LEVEL SECURITY;
ALTER TABLE item FORCE ROW LEVEL SECURITY;
GRANT select ON item TO {prefix}_member;
CREATE POLICY item_member_select ON item FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON item TO {prefix}_office;
CREATE POLICY item_office_select ON item FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY item_office_insert ON item FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY item_office_update ON item FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY item_office_delete ON item FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON mail TO {prefix}_door;
CREATE POLICY mail_door_select ON mail FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY mail_door_insert ON mail FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY mail_door_update ON mail FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY mail_door_delete ON mail FOR DELETE TO {prefix}_door USING (true);
GRANT insert ON mail TO {prefix}_crossing;
CREATE POLICY mail_crossing_insert ON mail FOR INSERT TO {prefix}_crossing WITH CHECK (true);

ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON person TO {prefix}_door;
CREATE POLICY person_door_select ON person FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY person_door_insert ON person FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY person_door_update ON person FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY person_door_delete ON person FOR DELETE TO {prefix}_door USING (true);
GRANT select ON person TO {prefix}_crossing;
CREATE POLICY person_crossing_select ON person FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE setting FORCE ROW LEVEL SECURITY;
GRANT select ON setting TO {prefix}_member;
CREATE POLICY setting_member_select ON setting FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert ON setting TO {prefix}_office;
CREATE POLICY setting_office_select ON setting FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY setting_office_insert ON setting FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE sign_in_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_attempt FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON sign_in_attempt TO {prefix}_door;
CREATE POLICY sign_in_attempt_door_select ON sign_in_attempt FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY sign_in_attempt_door_insert ON sign_in_attempt FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY sign_in_attempt_door_update ON sign_in_attempt FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY sign_in_attempt_door_delete ON sign_in_attempt FOR DELETE TO {prefix}_door USING (true);

ALTER TABLE supplier ENABLE ROW LEVEL SECURITY;
ALTER TABLE supplier FORCE ROW LEVEL SECURITY;
GRANT select ON supplier TO {prefix}_member;
CREATE POLICY supplier_member_select ON supplier FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON supplier TO {prefix}_office;
CREATE POLICY supplier_office_select ON supplier FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY supplier_office_insert ON supplier FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY supplier_office_update ON supplier FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY supplier_office_delete ON supplier FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
GRANT select ON tenant TO {prefix}_member;
CREATE POLICY tenant_member_select ON tenant FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON tenant TO {prefix}_office;
CREATE POLICY tenant_office_select ON tenant FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY tenant_office_insert ON tenant FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY tenant_office_update ON tenant FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY tenant_office_delete ON tenant FOR DELETE TO {prefix}_office USING (true);
GRANT select ON tenant TO {prefix}_door;
CREATE POLICY tenant_door_select ON tenant FOR SELECT TO {prefix}_door USING (true);
GRANT select ON tenant TO {prefix}_crossing;
CREATE POLICY tenant_crossing_select ON tenant FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE alone_price ENABLE ROW LEVEL SECURITY;
ALTER TABLE alone_price FORCE ROW LEVEL SECURITY;
GRANT select ON alone_price TO {prefix}_member;
CREATE POLICY alone_price_member_select ON alone_price FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON alone_price TO {prefix}_office;
CREATE POLICY alone_price_office_select ON alone_price FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY alone_price_office_insert ON alone_price FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY alone_price_office_update ON alone_price FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY alone_price_office_delete ON alone_price FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE api_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_token FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON api_token TO {prefix}_door;
CREATE POLICY api_token_door_select ON api_token FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY api_token_door_insert ON api_token FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY api_token_door_update ON api_token FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY api_token_door_delete ON api_token FOR DELETE TO {prefix}_door USING (true);

ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
GRANT select, insert ON audit_entry TO {prefix}_crossing;
CREATE POLICY audit_entry_crossing_select ON audit_entry FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY audit_entry_crossing_insert ON audit_entry FOR INSERT TO {prefix}_crossing WITH CHECK (true);

ALTER TABLE award ENABLE ROW LEVEL SECURITY;
ALTER TABLE award FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON award TO {prefix}_office;
CREATE POLICY award_office_select ON award FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY award_office_insert ON award FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY award_office_update ON award FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY award_office_delete ON award FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE coop_address ENABLE ROW LEVEL SECURITY;
ALTER TABLE coop_address FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON coop_address TO {prefix}_member;
CREATE POLICY coop_address_member_select ON coop_address FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY coop_address_member_insert ON coop_address FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY coop_address_member_update ON coop_address FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY coop_address_member_delete ON coop_address FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON coop_address TO {prefix}_office;
CREATE POLICY coop_address_office_select ON coop_address FOR SELECT TO {prefix}_office USING (true);

ALTER TABLE coop_size ENABLE ROW LEVEL SECURITY;
ALTER TABLE coop_size FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON coop_size TO {prefix}_member;
CREATE POLICY coop_size_member_select ON coop_size FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY coop_size_member_insert ON coop_size FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY coop_size_member_update ON coop_size FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY coop_size_member_delete ON coop_size FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update ON coop_size TO {prefix}_office;
CREATE POLICY coop_size_office_select ON coop_size FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY coop_size_office_insert ON coop_size FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY coop_size_office_update ON coop_size FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);

ALTER TABLE demand_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE demand_answer FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON demand_answer TO {prefix}_member;
CREATE POLICY demand_answer_member_select ON demand_answer FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_answer_member_insert ON demand_answer FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_answer_member_update ON demand_answer FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_answer_member_delete ON demand_answer FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON demand_answer TO {prefix}_office;
CREATE POLICY demand_answer_office_select ON demand_answer FOR SELECT TO {prefix}_office USING (true);
GRANT select ON demand_answer TO {prefix}_crossing;
CREATE POLICY demand_answer_crossing_select ON demand_answer FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE demand_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE demand_import FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON demand_import TO {prefix}_member;
CREATE POLICY demand_import_member_select ON demand_import FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_import_member_insert ON demand_import FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_import_member_update ON demand_import FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_import_member_delete ON demand_import FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON idempotency_key TO {prefix}_crossing;
CREATE POLICY idempotency_key_crossing_select ON idempotency_key FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY idempotency_key_crossing_insert ON idempotency_key FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY idempotency_key_crossing_update ON idempotency_key FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);
CREATE POLICY idempotency_key_crossing_delete ON idempotency_key FOR DELETE TO {prefix}_crossing USING (true);

ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON invitation TO {prefix}_door;
CREATE POLICY invitation_door_select ON invitation FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY invitation_door_insert ON invitation FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY invitation_door_update ON invitation FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY invitation_door_delete ON invitation FOR DELETE TO {prefix}_door USING (true);

ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY;
GRANT select ON ledger_entry TO {prefix}_member;
CREATE POLICY ledger_entry_member_select ON ledger_entry FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert ON ledger_entry TO {prefix}_office;
CREATE POLICY ledger_entry_office_select ON ledger_entry FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY ledger_entry_office_insert ON ledger_entry FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE member_directory ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_directory FORCE ROW LEVEL SECURITY;
GRANT select ON member_directory TO {prefix}_member;
CREATE POLICY member_directory_member_select ON member_directory FOR SELECT TO {prefix}_member USING (true);
GRANT select ON member_directory TO {prefix}_office;
CREATE POLICY member_directory_office_select ON member_directory FOR SELECT TO {prefix}_office USING (true);
GRANT select, insert, update, delete ON member_directory TO {prefix}_door;
CREATE POLICY member_directory_door_select ON member_directory FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY member_directory_door_insert ON member_directory FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY member_directory_door_update ON member_directory FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY member_directory_door_delete ON member_directory FOR DELETE TO {prefix}_door USING (true);
GRANT select ON member_directory TO {prefix}_crossing;
CREATE POLICY member_directory_crossing_select ON member_directory FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON membership TO {prefix}_door;
CREATE POLICY membership_door_select ON membership FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY membership_door_insert ON membership FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY membership_door_update ON membership FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY membership_door_delete ON membership FOR DELETE TO {prefix}_door USING (true);
GRANT select ON membership TO {prefix}_crossing;
CREATE POLICY membership_crossing_select ON membership FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE offer FORCE ROW LEVEL SECURITY;
GRANT select ON offer TO {prefix}_member;
CREATE POLICY offer_member_select ON offer FOR SELECT TO {prefix}_member USING (true);
GRANT select, insert, update, delete ON offer TO {prefix}_office;
CREATE POLICY offer_office_select ON offer FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY offer_office_insert ON offer FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY offer_office_update ON offer FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY offer_office_delete ON offer FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE order_allocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_allocation FORCE ROW LEVEL SECURITY;
GRANT select ON order_allocation TO {prefix}_member;
CREATE POLICY order_allocation_member_select ON order_allocation FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert ON order_allocation TO {prefix}_office;
CREATE POLICY order_allocation_office_select ON order_allocation FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY order_allocation_office_insert ON order_allocation FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
GRANT select, insert, update ON outbox TO {prefix}_crossing;
CREATE POLICY outbox_crossing_select ON outbox FOR SELECT TO {prefix}_crossing USING (true);
CREATE POLICY outbox_crossing_insert ON outbox FOR INSERT TO {prefix}_crossing WITH CHECK (true);
CREATE POLICY outbox_crossing_update ON outbox FOR UPDATE TO {prefix}_crossing USING (true) WITH CHECK (true);

ALTER TABLE purchase_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE purchase_order FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON purchase_order TO {prefix}_office;
CREATE POLICY purchase_order_office_select ON purchase_order FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY purchase_order_office_insert ON purchase_order FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY purchase_order_office_update ON purchase_order FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY purchase_order_office_delete ON purchase_order FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE recharge ENABLE ROW LEVEL SECURITY;
ALTER TABLE recharge FORCE ROW LEVEL SECURITY;
GRANT select ON recharge TO {prefix}_member;
CREATE POLICY recharge_member_select ON recharge FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert ON recharge TO {prefix}_office;
CREATE POLICY recharge_office_select ON recharge FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY recharge_office_insert ON recharge FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_code FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON recovery_code TO {prefix}_door;
CREATE POLICY recovery_code_door_select ON recovery_code FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY recovery_code_door_insert ON recovery_code FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY recovery_code_door_update ON recovery_code FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY recovery_code_door_delete ON recovery_code FOR DELETE TO {prefix}_door USING (true);

ALTER TABLE reset_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE reset_link FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON reset_link TO {prefix}_door;
CREATE POLICY reset_link_door_select ON reset_link FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY reset_link_door_insert ON reset_link FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY reset_link_door_update ON reset_link FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY reset_link_door_delete ON reset_link FOR DELETE TO {prefix}_door USING (true);

ALTER TABLE round_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE round_item FORCE ROW LEVEL SECURITY;
GRANT select ON round_item TO {prefix}_member;
CREATE POLICY round_item_member_select ON round_item FOR SELECT TO {prefix}_member USING (opened);
GRANT select, insert, update, delete ON round_item TO {prefix}_office;
CREATE POLICY round_item_office_select ON round_item FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY round_item_office_insert ON round_item FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY round_item_office_update ON round_item FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY round_item_office_delete ON round_item FOR DELETE TO {prefix}_office USING (true);
GRANT select ON round_item TO {prefix}_crossing;
CREATE POLICY round_item_crossing_select ON round_item FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE share ENABLE ROW LEVEL SECURITY;
ALTER TABLE share FORCE ROW LEVEL SECURITY;
GRANT select ON share TO {prefix}_member;
CREATE POLICY share_member_select ON share FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert, update, delete ON share TO {prefix}_office;
CREATE POLICY share_office_select ON share FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY share_office_insert ON share FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY share_office_update ON share FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY share_office_delete ON share FOR DELETE TO {prefix}_office USING (true);

ALTER TABLE sign_in_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_session FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON sign_in_session TO {prefix}_door;
CREATE POLICY sign_in_session_door_select ON sign_in_session FOR SELECT TO {prefix}_door USING (true);
CREATE POLICY sign_in_session_door_insert ON sign_in_session FOR INSERT TO {prefix}_door WITH CHECK (true);
CREATE POLICY sign_in_session_door_update ON sign_in_session FOR UPDATE TO {prefix}_door USING (true) WITH CHECK (true);
CREATE POLICY sign_in_session_door_delete ON sign_in_session FOR DELETE TO {prefix}_door USING (true);

ALTER TABLE demand ENABLE ROW LEVEL SECURITY;
ALTER TABLE demand FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON demand TO {prefix}_member;
CREATE POLICY demand_member_select ON demand FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_member_insert ON demand FOR INSERT TO {prefix}_member WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_member_update ON demand FOR UPDATE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid);
CREATE POLICY demand_member_delete ON demand FOR DELETE TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select ON demand TO {prefix}_office;
CREATE POLICY demand_office_select ON demand FOR SELECT TO {prefix}_office USING (true);
GRANT select ON demand TO {prefix}_crossing;
CREATE POLICY demand_crossing_select ON demand FOR SELECT TO {prefix}_crossing USING (true);

ALTER TABLE ledger_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_line FORCE ROW LEVEL SECURITY;
GRANT select ON ledger_line TO {prefix}_member;
CREATE POLICY ledger_line_member_select ON ledger_line FOR SELECT TO {prefix}_member USING (tenant_id = current_setting('app.tenant')::uuid);
GRANT select, insert ON ledger_line TO {prefix}_office;
CREATE POLICY ledger_line_office_select ON ledger_line FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY ledger_line_office_insert ON ledger_line FOR INSERT TO {prefix}_office WITH CHECK (true);

ALTER TABLE order_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_line FORCE ROW LEVEL SECURITY;
GRANT select, insert, update, delete ON order_line TO {prefix}_office;
CREATE POLICY order_line_office_select ON order_line FOR SELECT TO {prefix}_office USING (true);
CREATE POLICY order_line_office_insert ON order_line FOR INSERT TO {prefix}_office WITH CHECK (true);
CREATE POLICY order_line_office_update ON order_line FOR UPDATE TO {prefix}_office USING (true) WITH CHECK (true);
CREATE POLICY order_line_office_delete ON order_line FOR DELETE TO {prefix}_office USING (true);
