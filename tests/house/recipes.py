"""For each view, where ids go in: a view without a recipe fails the walk.

A recipe maps a position to a kind of id (see `tests.house.world`), or to `=text` for a word that is no id. A position is a
variable of the path, or `form.NAME`, `json.NAME`, `query.NAME`.
"""

# ruff: noqa: RUF024  (recipes are read, never changed, so views may share one)

ROUND = {"round_id": "round"}
ITEM, SUPPLIER, OFFER = {"item_id": "item"}, {"supplier_id": "supplier"}, {"offer_id": "offer"}
WORK, BATCH, FILE = {"work_id": "work"}, {"batch_id": "batch"}, {"import_id": "import"}

RECIPES: dict[str, dict[str, str]] = {
    # -- tenants: pages
    **dict.fromkeys(
        (
            "home.index",
            "account.index",
            "account.change_password",
            "account.second_factor",
            "account.new_codes",
            "account.turn_off",
            "account.qr",
            "account.end_all",
            "people.index",
            "people.retry_letters",
            "work.index",
            "door.sign_in",
            "door.second_step",
            "door.sign_out",
            "door.reset",
            "settings.index",
            "health",
            "coop.show",
            "about.help_page",
            "about.accessibility",
            "about.privacy",
            "about.more",
        ),
        {},
    ),
    "coops.index": {},
    "coops.add": {"form.name": "=New Care", "form.joined_on": "=2026-01-01"},
    "coops.invite": {"form.coop": "member", "form.email": "=somebody@example.org"},
    "coop.save": {"form.lines": "=1 High Street", "form.postcode": "=LS1 1AA"},
    "static": {"filename": "=house.css"},
    "account.end_session": {"key": "session"},
    "account.make_token": {"form.token_coop": "coop", "form.token_name": "=tests", "form.token_scopes": "=read"},
    "account.withdraw_token": {"token_id": "token"},
    "account.switch": {"form.tenant": "coop"},
    "door.reset_set": {"token": "invitation"},
    "door.invitation": {"token": "invitation"},
    "people.invite": {"form.email": "=somebody@example.org", "form.role": "=carer"},
    "people.give_role": {"form.person": "person", "form.role": "=carer"},
    "people.take_role": {"person_id": "person", "role": "=manager"},
    "people.end": {"person_id": "person"},
    "people.withdraw": {"key": "invitation"},
    "work.one": WORK,
    "work.cancel": WORK,
    "work.retry": WORK,
    "record.index": {"query.who": "person"},
    "record.download": {"suffix": "=csv", "query.who": "person"},
    "money.index": {"query.account": "=supplies"},
    "money.download": {"suffix": "=csv"},
    "settings.change": {"name": "=share_rule"},
    # -- buying: pages
    **dict.fromkeys(
        (
            "catalogue.items",
            "catalogue.new_item",
            "catalogue.add_item",
            "suppliers.all_suppliers",
            "suppliers.new_supplier",
            "suppliers.add_supplier",
            "orders.index",
            "orders.statements",
            "rounds.index",
            "rounds.new",
            "rounds.create",
        ),
        {},
    ),
    **dict.fromkeys(
        ("catalogue.items_file", "suppliers.all_suppliers_file", "suppliers.offers.offers_file"), {"ext": "=csv"}
    ),
    **dict.fromkeys(("orders.index_file", "orders.statements_file", "reports.savings_file"), {"kind": "=csv"}),
    **dict.fromkeys(
        ("catalogue.item", "catalogue.change_item", "catalogue.retire_item", "catalogue.restore_item"), ITEM
    ),
    **dict.fromkeys(
        ("suppliers.supplier", "suppliers.change_supplier", "suppliers.retire_supplier", "suppliers.restore_supplier"),
        SUPPLIER,
    ),
    **dict.fromkeys(
        ("suppliers.offers.offer", "suppliers.offers.change_offer", "suppliers.offers.withdraw_offer"), OFFER
    ),
    "suppliers.offers.offers": {"query.supplier": "supplier"},
    **dict.fromkeys(("suppliers.offers.new_offer", "suppliers.offers.add_offer"), SUPPLIER),
    **dict.fromkeys(("imports.batch", "imports.apply", "imports.undo", "imports.discard", "imports.problems"), BATCH),
    **dict.fromkeys(("imports.upload", "imports.read_upload"), {"kind": "=prices"}),
    "imports.template": {"kind": "=prices", "ext": "=csv"},
    **dict.fromkeys(("demand.preview", "demand.apply", "demand.drop", "demand.undo"), FILE),
    **dict.fromkeys(("demand.show", "demand.download", "demand.copy", "demand.file_form", "demand.upload"), ROUND),
    **dict.fromkeys(("demand.save", "demand.live"), {**ROUND, "form.version": "=1"}),
    **dict.fromkeys(
        (
            "rounds.show",
            "rounds.open_to_coops",
            "rounds.close",
            "rounds.extend",
            "rounds.remind",
            "rounds.cancel",
            "rounds.run_award",
            "awards.show",
            "awards.again",
            "awards.decide",
            "awards.more",
            "awards.send_orders",
            "orders.statement",
        ),
        ROUND,
    ),
    "awards.download": {**ROUND, "kind": "=csv"},
    "orders.show": {"order_id": "order"},
    "orders.show_file": {"order_id": "order", "kind": "=csv"},
    "orders.statement_file": {**ROUND, "kind": "=csv"},
    # -- reports
    "reports.index": {},
    "reports.show_savings": {},
    # -- the API
    **dict.fromkeys(
        (
            "openapi",
            "api-people.list_all_coops",
            "api-people.show_me",
            "api-catalogue.list_items",
            "api-catalogue.add_item",
            "api-work.list_jobs",
            "api-books.list_ledger",
            "api-books.list_record",
            "api-books.list_rules",
            "api-books.set_rule",
            "api-suppliers.list_offers",
            "api-suppliers.list_suppliers",
            "api-suppliers.add_supplier",
            "api-rounds.list_rounds",
            "api-orders.list_statements",
        ),
        {},
    ),
    "api-calc.run_calculator": {"name": "=award"},
    **dict.fromkeys(("api-catalogue.show_item", "api-catalogue.change_item"), ITEM),
    **dict.fromkeys(("api-suppliers.show_supplier", "api-suppliers.change_supplier"), SUPPLIER),
    **dict.fromkeys(("api-suppliers.show_offer", "api-suppliers.change_offer", "api-suppliers.withdraw_offer"), OFFER),
    "api-suppliers.add_offer": {"json.supplier_id": "supplier", "json.item_id": "item"},
    "api-rounds.draft_round": {"json.item_ids": "item"},
    **dict.fromkeys(("api-work.show_job", "api-work.cancel_job", "api-work.retry_job"), {"job_id": "work"}),
    **dict.fromkeys(("api-awards.show_award", "api-awards.approve_award"), {"award_id": "award"}),
    "api-orders.show_order": {"order_id": "order"},
    **dict.fromkeys(
        (
            "api-rounds.show_round",
            "api-rounds.open_round",
            "api-rounds.close_round",
            "api-rounds.extend_round",
            "api-rounds.cancel_round",
            "api-rounds.remind_round",
            "api-rounds.show_totals",
            "api-awards.run_award",
            "api-awards.list_awards",
            "api-demand.show_demand",
            "api-demand.save_demand",
            "api-orders.place_orders",
            "api-orders.list_orders",
            "api-orders.show_statement",
        ),
        ROUND,
    ),
}

NAMES_ARE_PUBLIC = frozenset({"api-people.list_all_coops"})
"""Views that show every member the names of all co-ops, or of their officers, managers and delegates: the directory."""
