"""A manager asks for cover, sees what it would cost, approves it, sees who fits, and offers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from staffbank.models.cover import REQUEST_STATES
from staffbank.pages.offers import shown_pence
from staffbank.schemas.cover import AbsenceForm, CoverForm, MoveForm, NeedsForm, ReasonForm
from staffbank.services import cover_acts, cover_terms, matching, requests, shifts
from staffbank.services.requests import NewRequest, RequestFilter
from staffbank.services.shifts import Hours
from staffbank.times import london_midnight, london_span
from staffbank.views import cover as views
from staffbank.views import cover_matches
from staffbank.views.cover_words import STATE_WORDS
from tenants import clock
from tenants.db import db
from tenants.downloads import MAX_ROWS, csv_bytes
from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.pages.paging import page_number, pager
from tenants.permissions import may
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("cover", __name__)
_SHARED = (
    "reason",
    "risk",
    "needs",
    "outcode",
    "preferred_carer_id",
    "way",
    "vat_treatment",
    "fallback_hours",
    "fallback_needs",
    "all_or_none",
)
_FIELDS = {"time": "start", "client_id": "client_id", "latitude": "outcode"}
"""Where a service's refusal is shown when the form calls the field otherwise."""


@bp.get("/cover")
@needs("see-bank")
def index() -> str:
    """All requests of the co-op."""
    chosen, page = _chosen(), page_number()
    rows, total = requests.list_requests(chosen, offset=(page - 1) * requests.PAGE_ROWS)
    state, week = request.args.get("state", ""), request.args.get("week", "")
    identity = current_identity()
    return render_template(
        "staffbank/cover.html",
        rows=[views.list_row(row) for row in rows],
        filters={
            "state": state,
            "week": week,
            "states": [("", "All"), *((key, words[0]) for key, words in STATE_WORDS.items())],
        },
        csv_href=url_for(".index_file", state=state or None, week=week or None),
        may_ask=may("request-cover", identity.kind, identity.roles),
        **pager(page, total, requests.PAGE_ROWS),
    )


@bp.get("/cover.csv")
@needs("see-bank")
def index_file() -> Response:
    """The same list to take away."""
    rows, _ = requests.list_requests(_chosen(), limit=MAX_ROWS)
    return Response(
        csv_bytes(views.COLUMNS, [views.download_row(row) for row in rows]),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="cover.csv"'},
    )


@bp.get("/cover/new")
@needs("request-cover")
def new() -> str:
    """Ask for cover."""
    start = {
        "reason": "sickness",
        "risk": "3",
        "seats": "1",
        "way": "targeted",
        "vat_treatment": "standard",
        "day": clock.today(),
    }
    return render_template("staffbank/cover_new.html", form=Form(start), **views.form_options())


@bp.post("/cover/new")
@needs("request-cover")
def create() -> Any:
    """Write it down and show what it would cost."""
    form = Form.read(CoverForm(), request.form)
    return _drafted(form, plan_of, "staffbank/cover_new.html")


@bp.get("/cover/absence")
@needs("request-cover")
def absence() -> str:
    """Ask for cover of everything that somebody absent would have worked."""
    start = {"reason": "sickness", "risk": "3", "way": "targeted", "vat_treatment": "standard", "first": clock.today()}
    return render_template("staffbank/cover_absence.html", form=Form(start), **views.form_options())


@bp.post("/cover/absence")
@needs("request-cover")
def create_absence() -> Any:
    """Write it down and show what it would cost."""
    form = Form.read(AbsenceForm(), request.form)
    return _drafted(form, absence_of, "staffbank/cover_absence.html")


@bp.get("/cover/<uuid:request_id>")
@needs("see-bank")
def show(request_id: UUID) -> Any:
    """One request: to be approved, or with who can cover it."""
    return _page(request_id, Form())


@bp.post("/cover/<uuid:request_id>/approve")
@needs("request-cover")
def approve(request_id: UUID) -> Any:
    """Approve a draft at the cost that was shown; warnings are set aside with the reasons that were typed."""
    seen = shown_pence()

    def act() -> None:
        for name, reason in request.form.items():
            if name.startswith("reason-") and reason.strip():
                cover_acts.set_aside(request_id, name.removeprefix("reason-"), reason)
        cover_acts.approve_request(request_id, cost_pence=seen)

    return _act(request_id, act, "Approved. We are looking for carers now.")


@bp.post("/cover/<uuid:request_id>/cancel")
@needs("request-cover")
def cancel(request_id: UUID) -> Any:
    """Call a request off, at the cost that was shown."""
    reason, seen = request.form.get("reason", ""), shown_pence()
    return _act(
        request_id,
        lambda: cover_acts.cancel_request(request_id, reason, cost_pence=seen),
        "Called off. Those who were asked are told.",
    )


@bp.post("/cover/<uuid:request_id>/share")
@needs("request-cover")
def share(request_id: UUID) -> Any:
    """Do not wait for the own staff any longer."""
    return _act(request_id, lambda: cover_acts.share_request(request_id), "Shared with every co-op of the federation.")


@bp.post("/cover/<uuid:request_id>/match")
@needs("request-cover")
def match(request_id: UUID) -> Any:
    """Search again."""
    return _act(request_id, lambda: matching.start_match(request_id), "Searching again.")


@bp.post("/cover/<uuid:request_id>/choose")
@needs("request-cover")
def choose(request_id: UUID) -> Any:
    """Pin a carer to a shift, leave a carer out, or take that back; then the search runs again."""
    return _act(request_id, lambda: _choose(request_id), "Noted. Searching again.")


@bp.post("/cover/<uuid:request_id>/set-aside")
@needs("request-cover")
def set_aside(request_id: UUID) -> Any:
    """Set a warning aside, with a reason."""
    rule, form = request.form.get("rule", ""), Form.read(ReasonForm(), request.form)
    if not form.ok:
        return _page(request_id, form), 422
    return _act(
        request_id,
        lambda: cover_acts.set_aside(request_id, rule, form.data["reason"]),
        "The warning is set aside, in your name.",
    )


@bp.post("/cover/<uuid:request_id>/move")
@needs("request-cover")
def move(request_id: UUID) -> Any:
    """Change the times of a shift that nobody was asked for."""
    requests.get_request(request_id)
    form = Form.read(MoveForm(), request.form)
    if not form.ok:
        return _page(request_id, form), 422
    data = form.data

    def act() -> None:
        cover_acts.move_shift(request_id, data["shift"], *london_span(data["day"], data["start"], data["end"]))

    return _act(request_id, act, "The times are changed. Searching again.")


@bp.post("/cover/<uuid:request_id>/needs")
@needs("request-cover")
def change_needs(request_id: UUID) -> Any:
    """Change what is needed and the risk while nobody is confirmed."""
    requests.get_request(request_id)
    form = Form.read(NeedsForm(), request.form)
    if not form.ok:
        return _page(request_id, form), 422
    data = form.data
    return _act(
        request_id,
        lambda: cover_terms.change_needs(request_id, data["needs"], data["risk"], data["version"]),
        "Changed. Those who were asked already are told, and offers whose carer no longer fits are withdrawn.",
    )


def plan_of(data: dict[str, Any]) -> NewRequest:
    """A checked form as a request. Raises: InvalidInput."""
    hours = Hours(data["start"], data["end"], (data["start_fold"], data["end_fold"]))
    plans = shifts.repeated(data["day"], hours, every=data["repeat"], until=data["until"], seats=data["seats"])
    more = {name: data[name] for name in (*_SHARED, "client_id", "sleep_in")}
    return NewRequest(shifts=plans, **_tidied(more))


def absence_of(data: dict[str, Any]) -> NewRequest:
    """A checked form of an absence as a request. Raises: InvalidInput."""
    plans = shifts.absence(data["absent_carer_id"], data["first"], data["last"])
    more = {name: data[name] for name in (*_SHARED, "absent_carer_id")}
    return NewRequest(shifts=plans, **_tidied(more))


def _tidied(values: dict[str, Any]) -> dict[str, Any]:
    return values if values["fallback_hours"] else {**values, "fallback_needs": ()}


def _drafted(form: Form, plan: Callable[[dict[str, Any]], NewRequest], template: str) -> Any:
    if form.ok:
        try:
            made = requests.draft_request(plan(form.data))
            return redirect(url_for(".show", request_id=made.id), 303)
        except InvalidInput as error:
            form.fail(InvalidInput({_field(path): text for path, text in error.errors.items()}))
    return render_template(template, form=form, **views.form_options()), 422


def _field(path: str) -> str:
    return "start" if path.startswith("shifts") else _FIELDS.get(path, path)


def _choose(request_id: UUID) -> None:
    held = requests.get_request(request_id)
    pinned = [(UUID(shift), UUID(carer)) for shift, carer in held.pinned]
    excluded = [UUID(carer) for carer in held.excluded]
    try:
        act, carer = request.form.get("act", ""), UUID(request.form.get("carer", ""))
        shift = UUID(request.form.get("shift", ""))
    except ValueError:
        raise InvalidInput({"": "The form was damaged on its way. Load the page again."}) from None
    pinned = [pin for pin in pinned if pin != (shift, carer) and (act != "exclude" or pin[1] != carer)]
    excluded = [one for one in excluded if one != carer]
    pinned += [(shift, carer)] if act == "pin" else []
    excluded += [carer] if act == "exclude" else []
    cover_acts.choose(request_id, pinned, excluded)


def _chosen() -> RequestFilter:
    """What the filters of the list say; a state or a week that is none is passed over."""
    state, week = request.args.get("state", ""), request.args.get("week", "")
    state = state if state in REQUEST_STATES else ""
    if week != "this":
        return RequestFilter(state)
    monday = clock.today() - timedelta(days=clock.today().weekday())
    return RequestFilter(state, london_midnight(monday), london_midnight(monday + timedelta(days=7)))


def _act(request_id: UUID, act: Callable[[], object], words: str) -> Any:
    requests.get_request(request_id)
    try:
        act()
    except InvalidInput as error:
        db.session.rollback()
        return _page(request_id, Form(request.form).fail(error)), 422
    except (Conflict, RuleBroken) as error:
        db.session.rollback()
        return _page(request_id, Form(request.form, {"": error.message})), 409
    say(words)
    return redirect(url_for(".show", request_id=request_id, shift=_shift_id()), 303)


def _shift_id() -> UUID | None:
    try:
        return UUID(request.values["shift"]) if request.values.get("shift") else None
    except ValueError:
        return None


def _page(request_id: UUID, form: Form) -> str:
    held, identity = requests.get_request(request_id), current_identity()
    if held.state == "draft":
        return render_template("staffbank/cover_draft.html", **views.draft_page(held, form, identity))
    return render_template(
        "staffbank/cover_show.html",
        **cover_matches.request_page(held, _shift_id(), form, identity, show_all=request.args.get("rows") == "all"),
    )
