"""The month's settlement: what is owed, disputes, netting, payments."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.schemas.money import HoursWordsSchema, NewCycleSchema
from staffbank.services import disputes, settlement
from staffbank.views import money as views
from tenants.db import db
from tenants.downloads import csv_bytes, xlsx_bytes
from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("settlement", __name__)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {"csv": "text/csv", "xlsx": _XLSX}


@bp.get("/settlement")
@needs("see-settlement")
def index() -> str:
    """Every month."""
    return _months(Form())


@bp.post("/settlement")
@needs("run-settlement")
def open_month() -> ResponseReturnValue:
    """Open a month."""
    form = Form.read(NewCycleSchema(), request.form)
    if form.ok:
        try:
            cycle = settlement.open_cycle(form.data["month"], form.data["mode"])
            say(f"The settlement of {cycle.month:%B %Y} is open.")
            return redirect(url_for(".show", cycle_id=cycle.id), 303)
        except InvalidInput as error:
            form.fail(error)
        except Conflict as error:
            form.fail(InvalidInput({"month": error.message}))
    return _months(form), 422


@bp.get("/settlement/<uuid:cycle_id>")
@needs("see-settlement")
def show(cycle_id: UUID) -> str:
    """One month: to a co-op its own lines, to the office all sums."""
    identity = current_identity()
    facts = views.month_page(settlement.get_cycle(cycle_id), identity)
    page = "settlement_office.html" if identity.kind == "federation" else "settlement_coop.html"
    return render_template(f"staffbank/{page}", **facts)


@bp.get("/settlement/<uuid:cycle_id>.<any(csv, xlsx):kind>")
@needs("see-settlement")
def lines_file(cycle_id: UUID, kind: str) -> Response:
    """The co-op's own lines to take away."""
    cycle = settlement.get_cycle(cycle_id)
    rows, name = views.file_rows(cycle), f"settlement-{cycle.month:%Y-%m}"
    data = csv_bytes(views.COLUMNS, rows) if kind == "csv" else xlsx_bytes(name, views.COLUMNS, rows)
    head = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(data, mimetype=_TYPES[kind], headers=head)


@bp.post("/settlement/<uuid:cycle_id>/statement")
@needs("run-settlement")
def send_statement(cycle_id: UUID) -> ResponseReturnValue:
    """Draw the statement and write to the co-ops."""
    return _act(
        cycle_id, lambda: settlement.send_statement(cycle_id), "The statement is out. Every co-op has a letter."
    )


@bp.post("/settlement/<uuid:cycle_id>/net")
@needs("run-settlement")
def net(cycle_id: UUID) -> ResponseReturnValue:
    """Work out the payments."""
    return _act(
        cycle_id,
        lambda: settlement.start_netting(cycle_id),
        "The payments are being worked out. Look again in a moment.",
    )


@bp.post("/settlement/<uuid:cycle_id>/close")
@needs("run-settlement")
def close(cycle_id: UUID) -> ResponseReturnValue:
    """Close the month."""
    return _act(cycle_id, lambda: settlement.close_cycle(cycle_id), "The month is closed.")


@bp.post("/settlement/payments/<uuid:line_id>/paid")
@needs("run-settlement")
def paid(line_id: UUID) -> ResponseReturnValue:
    """Mark a payment as paid."""
    line = settlement.mark_paid(line_id)
    say("Marked as paid, in both books.")
    return redirect(url_for(".show", cycle_id=line.cycle_id), 303)


@bp.post("/settlement/lines/<uuid:recharge_id>/dispute")
@needs("agree-hours")
def dispute(recharge_id: UUID) -> ResponseReturnValue:
    """Dispute a line."""
    disputes.check_may_dispute(recharge_id)
    form = Form.read(HoursWordsSchema(), request.form)
    if not form.ok:
        say("Say what is not right, so that the other co-op can mend it.", "warn")
    else:
        disputes.ask_dispute(recharge_id, form.data["words"])
        say("In dispute. It is not paid until you and the other co-op agree.")
    return redirect(url_for(".index"), 303)


@bp.post("/settlement/lines/<uuid:recharge_id>/answer")
@needs("agree-hours")
def answer(recharge_id: UUID) -> ResponseReturnValue:
    """End a dispute: withdraw it, or give back what was charged."""
    disputes.ask_answer(recharge_id, request.form.get("answer", ""))
    say("The dispute ends. The line goes into the next statement.")
    return redirect(url_for(".index"), 303)


def _months(form: Form) -> str:
    facts = views.months_page(current_identity())
    if not form.values:
        form = Form(facts["suggested"])
    return render_template("staffbank/settlement.html", form=form, **facts)


def _act(cycle_id: UUID, act: Callable[[], object], words: str) -> ResponseReturnValue:
    try:
        act()
    except RuleBroken as error:
        db.session.rollback()
        say(error.message, "warn")
    else:
        say(words)
    return redirect(url_for(".show", cycle_id=cycle_id), 303)
