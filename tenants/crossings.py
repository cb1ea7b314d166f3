"""The list of crossings: every function that may reach past the wall, and which roles may call it.

The catalogue test refuses a `SECURITY DEFINER` function that is not named here, and a grant that is.
"""

TENANTS = ("member", "office")
EVERYBODY = ("member", "office", "door")

CROSSINGS: dict[str, tuple[str, ...]] = {
    "audit_append": EVERYBODY,
    "audit_rows": TENANTS,
    "audit_first_broken": TENANTS,
    "audit_head": TENANTS,
    "outbox_put": EVERYBODY,
    "outbox_start": EVERYBODY,
    "outbox_progress": EVERYBODY,
    "outbox_end": EVERYBODY,
    "outbox_cancel": TENANTS,
    "outbox_retry": TENANTS,
    "outbox_rows": TENANTS,
    "outbox_erase": ("office",),
    "idempotency_begin": TENANTS,
    "idempotency_store": TENANTS,
    "mail_to_roles": TENANTS,
    "demand_gate": (),
    "round_totals": TENANTS,
    "round_answered": TENANTS,
    "work_block_books": (),
    "carer_rekeys": (),
    "placement_books": (),
    "placement_offer": TENANTS,
    "placement_move": TENANTS,
    "placement_door": ("member",),
    "placement_checks": ("member",),
    "timesheet_move": ("member",),
    "timesheet_say": ("member",),
    "mail_to_carer": TENANTS,
    "acting_delegate": ("member",),
    "motion_submit": ("member",),
    "motion_move": ("member",),
    "motion_say": ("member",),
    "amendment_submit": ("member",),
    "amendment_move": ("member",),
    "policy_tell": ("member",),
    "candidate_stand": ("member",),
    "candidate_withdraw": ("member",),
    "meeting_attend": ("member",),
    "proxy_give": ("member",),
    "proxy_end": ("member",),
    "ballot_cast": ("member",),
    "ballots_by_hand": ("office",),
    "poll_turnout": TENANTS,
    "poll_act": ("office",),
    "poll_ballots": ("office",),
    "outbox_claim": ("jobs",),
    "outbox_health": ("jobs",),
}
"""Name of each crossing, and the roles that may call it; one that nobody may call is called by its trigger alone."""

OWNERS: dict[str, tuple[str, ...]] = {
    "ballot_box_make": ("crossing",),
    "ballot_box_drop": ("crossing",),
}
"""The two functions that work with the owner's rights, because only an owner makes and drops tables: the boxes of secret
ballots. They read no row, and only a crossing may call them."""

PLAIN: dict[str, tuple[str, ...]] = {
    "acting_tenant": (*EVERYBODY, "crossing"),
    "may_act_for": (*EVERYBODY, "crossing"),
    "job_tenant": (*EVERYBODY, "crossing"),
    "audit_hash": ("crossing",),
    "is_demo": (*EVERYBODY, "jobs"),
    "placement_next": ("crossing",),
    "motion_hash": ("crossing",),
    "ballot_box": ("crossing",),
    "ballot_parts_fit": ("crossing",),
    "ledger_entry_balances": (),
    "ledger_line_belongs": (),
}
"""Functions with the caller's own rights."""
