"""Hours, rates, recharges and the settlement."""

from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.schemas.money import (
    AskedWorkSchema,
    CycleDetailSchema,
    CycleSchema,
    CyclesSchema,
    DisputeAnswerSchema,
    HoursBalancesSchema,
    HoursWordsSchema,
    NewCycleSchema,
    NewRateCardSchema,
    PayrollQuerySchema,
    PayrollSchema,
    RateCardsSchema,
    RechargesQuerySchema,
    SettlementLineSchema,
    SheetDetailSchema,
    SheetSchema,
    SheetsQuerySchema,
    SheetsSchema,
    StaffRechargesSchema,
    StatedHoursSchema,
)
from staffbank.services import disputes, hours, hours_account, payroll, rates, recharges, settlement
from staffbank.views.hours import own_sides
from staffbank.worked_hours import Hours
from tenants.api.blueprint import ApiBlueprint
from tenants.idempotency import idempotent
from tenants.web import current_identity, needs

api = ApiBlueprint("api-money", __name__, url_prefix="/api", description="Hours, rates, recharges and the settlement")


@api.route("/my-hours")
@needs("own-work")
@api.response(200, SheetsSchema)
def list_own_hours() -> Any:
    """A carer's own hours, newest first."""
    return {"items": hours.list_sheets("home", person_id=current_identity().person_id)}


@api.route("/my-hours/<uuid:placement_id>", methods=["POST"])
@needs("own-work")
@idempotent()
@api.arguments(StatedHoursSchema)
@api.response(200, SheetSchema)
def send_hours(values: dict[str, Any], placement_id: UUID) -> Any:
    """Send one's own hours to the host."""
    person = current_identity().person_id
    hours.send(placement_id, person, Hours(**values))
    return hours.get_own_sheet(placement_id, person)


@api.route("/hours")
@needs("see-hours")
@api.arguments(SheetsQuerySchema, location="query")
@api.response(200, SheetsSchema)
def list_hours(query: dict[str, Any]) -> Any:
    """The co-op's hours, as host or as home co-op, newest first."""
    return {"items": hours.list_sheets(query["side"], first=query["first"], last=query["last"])}


@api.route("/hours/<uuid:placement_id>")
@needs("see-hours")
@api.response(200, SheetDetailSchema)
def show_hours(placement_id: UUID) -> Any:
    """One placement's hours with their thread."""
    side, sheet = next(iter(own_sides(placement_id).items()))
    return {"hours": sheet, "thread": hours.list_words(placement_id, side)}


@api.route("/hours/<uuid:placement_id>/agree", methods=["POST"])
@needs("agree-hours")
@idempotent()
@api.arguments(StatedHoursSchema)
@api.response(200, SheetSchema)
def agree_hours(values: dict[str, Any], placement_id: UUID) -> Any:
    """The host agrees to these hours: those that were claimed, or less."""
    hours.agree(placement_id, Hours(**values))
    return hours.get_sheet(placement_id, "host")


@api.route("/hours/<uuid:placement_id>/dispute", methods=["POST"])
@needs("agree-hours")
@idempotent()
@api.arguments(HoursWordsSchema)
@api.response(200, SheetSchema)
def dispute_hours(values: dict[str, Any], placement_id: UUID) -> Any:
    """Dispute what was sent (as host) or agreed (as home co-op)."""
    sides = own_sides(placement_id)
    side = "host" if "host" in sides and sides["host"].state == "sent" else next(reversed(sides))
    hours.dispute(placement_id, side, values["words"])
    return hours.get_sheet(placement_id, side)


@api.route("/hours/<uuid:placement_id>/accept", methods=["POST"])
@needs("agree-hours")
@idempotent(required=True)
@api.response(200, SheetSchema)
def accept_hours(placement_id: UUID) -> Any:
    """The home co-op accepts what the host agreed to; the recharge follows."""
    hours.accept(placement_id)
    return hours.get_sheet(placement_id, "home")


@api.route("/hours/<uuid:placement_id>/words", methods=["POST"])
@needs("agree-hours")
@idempotent()
@api.arguments(HoursWordsSchema)
@api.response(200, SheetDetailSchema)
def say_about_hours(values: dict[str, Any], placement_id: UUID) -> Any:
    """Say something in the thread, which both sides read."""
    side, sheet = next(iter(own_sides(placement_id).items()))
    hours.say(placement_id, side, values["words"])
    return {"hours": sheet, "thread": hours.list_words(placement_id, side)}


@api.route("/payroll")
@needs("see-hours")
@api.arguments(PayrollQuerySchema, location="query")
@api.response(200, PayrollSchema)
def show_payroll(query: dict[str, Any]) -> Any:
    """A month's accepted hours and pay of the co-op's own carers."""
    rows = payroll.payroll_rows(query["month"])
    return {"items": [{**row, "month": row["month"].isoformat()} for row in rows]}


@api.route("/rate-cards")
@needs("see-agreement")
@api.response(200, RateCardsSchema)
def list_cards() -> Any:
    """Every rate card, earliest first."""
    return {"items": rates.list_cards()}


@api.route("/rate-cards", methods=["POST"])
@needs("keep-agreement")
@idempotent(required=True)
@api.arguments(NewRateCardSchema)
@api.response(201, RateCardsSchema)
def publish_card(values: dict[str, Any]) -> Any:
    """Publish a rate card; one that reaches back adjusts what was charged."""
    return {"items": [rates.read_card(rates.publish_card(values))]}


@api.route("/recharges")
@needs("see-settlement")
@api.arguments(RechargesQuerySchema, location="query")
@api.response(200, StaffRechargesSchema)
def list_recharges(query: dict[str, Any]) -> Any:
    """The co-op's own recharges, lent and borrowed."""
    return {"items": recharges.list_recharges(**query)}


@api.route("/recharges/<uuid:recharge_id>/dispute", methods=["POST"])
@needs("agree-hours")
@idempotent()
@api.arguments(HoursWordsSchema)
@api.response(202, AskedWorkSchema)
def dispute_recharge(values: dict[str, Any], recharge_id: UUID) -> Any:
    """Dispute a line that the co-op owes."""
    return {"job_id": disputes.ask_dispute(recharge_id, values["words"])}


@api.route("/recharges/<uuid:recharge_id>/answer", methods=["POST"])
@needs("agree-hours")
@idempotent(required=True)
@api.arguments(DisputeAnswerSchema)
@api.response(202, AskedWorkSchema)
def answer_dispute(values: dict[str, Any], recharge_id: UUID) -> Any:
    """End a dispute: withdraw it, or give back what was charged."""
    return {"job_id": disputes.ask_answer(recharge_id, values["answer"])}


@api.route("/settlement")
@needs("see-settlement")
@api.response(200, CyclesSchema)
def list_cycles() -> Any:
    """Every month that was opened for settlement."""
    return {"items": settlement.list_cycles()}


@api.route("/settlement", methods=["POST"])
@needs("run-settlement")
@idempotent()
@api.arguments(NewCycleSchema)
@api.response(201, CycleSchema)
def open_cycle(values: dict[str, Any]) -> Any:
    """Open a month for settlement."""
    cycle = settlement.open_cycle(values["month"], values["mode"])
    return cycle, {"Location": url_for(".show_cycle", cycle_id=cycle.id)}


@api.route("/settlement/<uuid:cycle_id>")
@needs("see-settlement")
@api.response(200, CycleDetailSchema)
def show_cycle(cycle_id: UUID) -> Any:
    """A month with the lines one may see."""
    return {"cycle": settlement.get_cycle(cycle_id), "lines": settlement.list_lines(cycle_id)}


@api.route("/settlement/<uuid:cycle_id>/statement", methods=["POST"])
@needs("run-settlement")
@idempotent()
@api.response(200, CycleSchema)
def send_statement(cycle_id: UUID) -> Any:
    """Draw the statement of a month that is over."""
    return settlement.send_statement(cycle_id)


@api.route("/settlement/<uuid:cycle_id>/net", methods=["POST"])
@needs("run-settlement")
@idempotent(required=True)
@api.response(202, AskedWorkSchema)
def net_cycle(cycle_id: UUID) -> Any:
    """Work out the payments of a statement whose dispute window has ended."""
    return {"job_id": settlement.start_netting(cycle_id)}


@api.route("/settlement/<uuid:cycle_id>/close", methods=["POST"])
@needs("run-settlement")
@idempotent()
@api.response(200, CycleSchema)
def close_cycle(cycle_id: UUID) -> Any:
    """Close a month of which everything is paid."""
    return settlement.close_cycle(cycle_id)


@api.route("/settlement/payments/<uuid:line_id>/paid", methods=["POST"])
@needs("run-settlement")
@idempotent(required=True)
@api.response(200, SettlementLineSchema)
def mark_paid(line_id: UUID) -> Any:
    """Mark a payment as paid, in both books."""
    return settlement.mark_paid(line_id)


@api.route("/hours-account")
@needs("see-settlement")
@api.response(200, HoursBalancesSchema)
def show_hours_account() -> Any:
    """The co-op's account of hours lent and borrowed: reciprocity, never a bar to care."""
    return {"items": hours_account.list_balances()}
