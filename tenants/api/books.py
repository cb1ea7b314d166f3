"""One's own book, one's own record, and the rules of the federation."""

from typing import Any

from tenants import audit, settings
from tenants.api.blueprint import ApiBlueprint
from tenants.api.schemas import (
    LedgerSchema,
    NewRuleSchema,
    PagingSchema,
    RecordQuerySchema,
    RecordSchema,
    RuleSchema,
    RulesSchema,
    cut,
)
from tenants.idempotency import idempotent
from tenants.ledger.services import balances, list_entries
from tenants.web import needs

api = ApiBlueprint("api-books", __name__, url_prefix="/api", description="Books, record and rules")


@api.route("/ledger")
@needs("see-ledger")
@api.arguments(PagingSchema, location="query")
@api.response(200, LedgerSchema)
def list_ledger(query: dict[str, int]) -> Any:
    """One's own book, newest first."""
    size = query["page_size"]
    rows, more = cut(list_entries(limit=size + 1, offset=(query["page"] - 1) * size), size)
    items = [{**{name: getattr(entry, name) for name in ENTRY}, "lines": lines} for entry, lines in rows]
    return {"items": items, "more": more, "balances_pence": balances(), **query}


ENTRY = ("id", "act_id", "on_date", "kind", "description", "source_id", "reverses_id", "posted_at")


@api.route("/record")
@needs("see-record")
@api.arguments(RecordQuerySchema, location="query")
@api.response(200, RecordSchema)
def list_record(query: dict[str, Any]) -> Any:
    """Who did what to what, newest first."""
    size = query["page_size"]
    rows, more = cut(list(audit.list_record(query["object_id"], before=query["before"], limit=size + 1)), size)
    return {"items": rows, "next_before": rows[-1].number if more else None}


@api.route("/settings")
@needs("see-settings")
@api.response(200, RulesSchema)
def list_rules() -> Any:
    """The rules in force, and how they came to be."""
    return {"in_force": list(settings.in_force().values()), "history": settings.list_settings()}


@api.route("/settings", methods=["POST"])
@needs("change-settings")
@idempotent()
@api.arguments(NewRuleSchema)
@api.response(201, RuleSchema)
def set_rule(values: dict[str, Any]) -> Any:
    """Set a rule from a day on."""
    return settings.set_setting(values["name"], values["value"], values["from_date"], values["resolution"])
