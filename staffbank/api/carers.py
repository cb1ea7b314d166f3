"""The API of carers: records, checks, rota, the bank, and a carer's own view."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.models import Carer
from staffbank.schemas import carers as schemas
from staffbank.services import availability, bank, bank_policy, carers, checks, rota
from staffbank.times import london_midnight
from tenants import clock
from tenants.api.blueprint import ApiBlueprint
from tenants.errors import NotFound
from tenants.etags import etag, if_match
from tenants.idempotency import idempotent
from tenants.web import current_identity, needs

api = ApiBlueprint("api-carers", __name__, url_prefix="/api", description="Carers, their passports and their time")


@api.route("/carers")
@needs("keep-carers")
@api.arguments(schemas.CarerQuerySchema, location="query")
@api.response(200, schemas.CarersSchema)
def list_carers(query: dict[str, Any]) -> Any:
    """The co-op's carers by reference."""
    found = carers.list_carers(query["words"], query["shown"])
    first = (query["page"] - 1) * query["page_size"]
    return {
        "items": found[first : first + query["page_size"]],
        "page": query["page"],
        "page_size": query["page_size"],
        "total": len(found),
    }


@api.route("/carers", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.arguments(schemas.CarerSchema)
@api.response(201, schemas.CarerOutSchema)
def add_carer(values: dict[str, Any]) -> Any:
    """Add a carer."""
    carer = carers.add_carer(values)
    return carer, {**etag(carer.version), "Location": url_for(".show_carer", carer_id=carer.id)}


@api.route("/carers/<uuid:carer_id>")
@needs("keep-carers")
@api.response(200, schemas.CarerOutSchema)
def show_carer(carer_id: UUID) -> Any:
    """One carer's record."""
    carer = carers.get_carer(carer_id)
    return carer, etag(carer.version)


@api.route("/carers/<uuid:carer_id>", methods=["PUT"])
@needs("keep-carers")
@if_match
@api.arguments(schemas.CarerSchema)
@api.response(200, schemas.CarerOutSchema)
def change_carer(values: dict[str, Any], carer_id: UUID, version: int) -> Any:
    """Change a carer's record."""
    carer = carers.change_carer(carer_id, version, values)
    return carer, etag(carer.version)


@api.route("/carers/<uuid:carer_id>/leaving", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.arguments(schemas.LeftSchema)
@api.response(200, schemas.CarerOutSchema)
def end_carer(values: dict[str, Any], carer_id: UUID) -> Any:
    """Note the day from which somebody no longer works here."""
    return carers.end_carer(carer_id, values["left_on"])


@api.route("/carers/<uuid:carer_id>/checks")
@needs("keep-carers")
@api.response(200, schemas.ChecksSchema)
def list_checks(carer_id: UUID) -> Any:
    """A carer's checks, those that were ended too."""
    carers.get_carer(carer_id)
    return {"items": checks.list_checks(carer_id, ended=True)}


@api.route("/carers/<uuid:carer_id>/checks", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.arguments(schemas.CheckSchema)
@api.response(201, schemas.CheckOutSchema)
def add_check(values: dict[str, Any], carer_id: UUID) -> Any:
    """Note a check; the bank knows it at once."""
    return checks.add_check(carer_id, values)


@api.route("/carers/<uuid:carer_id>/checks/<uuid:check_id>/end", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.response(200, schemas.CheckOutSchema)
def end_check(carer_id: UUID, check_id: UUID) -> Any:
    """End a check; the bank no longer counts on it."""
    return checks.end_check(carer_id, check_id)


@api.route("/carers/<uuid:carer_id>/times")
@needs("keep-carers")
@api.arguments(schemas.WorkTimeQuerySchema, location="query")
@api.response(200, schemas.WorkTimesSchema)
def list_times(query: dict[str, Any], carer_id: UUID) -> Any:
    """Rota, sleep-ins, leave and other jobs of a window, by default the four weeks from today."""
    carers.get_carer(carer_id)
    first = query["from_day"] or clock.today()
    end = london_midnight(first + timedelta(days=query["days"]))
    return {"items": rota.list_blocks(carer_id, london_midnight(first), end)}


@api.route("/carers/<uuid:carer_id>/times", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.arguments(schemas.NewWorkTimeSchema)
@api.response(201, schemas.WorkTimeSchema)
def add_time(values: dict[str, Any], carer_id: UUID) -> Any:
    """Note work, leave or another job."""
    return rota.add_block(carer_id, values["kind"], values["starts_at"], values["ends_at"], values["words"])


@api.route("/carers/<uuid:carer_id>/times/<uuid:block_id>/remove", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.response(204)
def remove_time(carer_id: UUID, block_id: UUID) -> Any:
    """Take a piece out and free its time."""
    rota.remove_block(carer_id, block_id)
    return "", 204


@api.route("/carers/<uuid:carer_id>/bank")
@needs("keep-carers")
@api.response(200, schemas.CarerStandingSchema)
def show_standing(carer_id: UUID) -> Any:
    """Whether a carer is in the bank, why not, and exactly what is published."""
    return _standing(carers.get_carer(carer_id))


@api.route("/carers/<uuid:carer_id>/bank", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.response(200, schemas.CarerStandingSchema)
def enter_bank(carer_id: UUID) -> Any:
    """Lend a carer from now on."""
    return _standing(carers.enter_bank(carer_id))


@api.route("/carers/<uuid:carer_id>/bank/leave", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.response(200, schemas.CarerStandingSchema)
def leave_bank(carer_id: UUID) -> Any:
    """Lend a carer no longer."""
    return _standing(carers.leave_bank(carer_id))


@api.route("/carers/<uuid:carer_id>/opt-out", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.arguments(schemas.OptOutSchema)
@api.response(200, schemas.CarerOutSchema)
def opt_out(values: dict[str, Any], carer_id: UUID) -> Any:
    """Note a signed opt-out of the 48 hours."""
    return carers.opt_out(carer_id, values["from_day"])


@api.route("/carers/<uuid:carer_id>/opt-out/end", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.response(200, schemas.CarerOutSchema)
def end_opt_out(carer_id: UUID) -> Any:
    """Take an opt-out back, with seven days' notice."""
    return carers.end_opt_out(carer_id)


@api.route("/carers/<uuid:carer_id>/bars", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.arguments(schemas.BarSchema)
@api.response(204)
def add_bar(values: dict[str, Any], carer_id: UUID) -> Any:
    """Never match a carer and a person."""
    carers.add_bar(carer_id, values["client_key"])
    return "", 204


@api.route("/carers/<uuid:carer_id>/bars/<uuid:client_key>/remove", methods=["POST"])
@needs("keep-carers")
@idempotent()
@api.response(204)
def remove_bar(carer_id: UUID, client_key: UUID) -> Any:
    """Take a bar back."""
    carers.remove_bar(carer_id, client_key)
    return "", 204


@api.route("/bank-policy")
@needs("keep-carers")
@api.response(200, schemas.BankPolicyOutSchema)
def show_policy() -> Any:
    """How the co-op takes part in the bank."""
    policy = bank_policy.get_policy()
    return asdict(policy), etag(policy.version)


@api.route("/bank-policy", methods=["PUT"])
@needs("keep-carers")
@if_match
@api.arguments(schemas.BankPolicySchema)
@api.response(200, schemas.BankPolicyOutSchema)
def save_policy(values: dict[str, Any], version: int) -> Any:
    """Change how the co-op takes part."""
    policy = bank_policy.save_policy(values, version)
    return asdict(policy), etag(policy.version)


@api.route("/my-passport")
@needs("own-work")
@api.response(200, schemas.CarerStandingSchema)
def show_own_passport() -> Any:
    """What the bank shows of the person who asks."""
    return _standing(_own())


@api.route("/my-passport/checks")
@needs("own-work")
@api.response(200, schemas.ChecksSchema)
def list_own_checks() -> Any:
    """The own checks."""
    return {"items": checks.list_checks(_own().id)}


@api.route("/my-availability")
@needs("own-work")
@api.response(200, schemas.FreeWeekSchema)
def show_own_week() -> Any:
    """The own weekly pattern."""
    return _week(_own())


@api.route("/my-availability", methods=["POST"])
@needs("own-work")
@idempotent()
@api.arguments(schemas.FreeWeekSchema)
@api.response(200, schemas.FreeWeekSchema)
def save_own_week(values: dict[str, Any]) -> Any:
    """Put a new weekly pattern in place of the old."""
    carer = _own()
    availability.set_week(
        carer.id, [(row["weekday"], row["from_minute"], row["to_minute"]) for row in values["windows"]]
    )
    return _week(carer)


def _own() -> Carer:
    carer = carers.find_own_carer(current_identity().person_id)
    if carer is None:
        raise NotFound("record of yours")
    return carer


def _standing(carer: Carer) -> dict[str, Any]:
    return {"in_bank": carer.in_bank, "why_not": bank.why_not(carer), "entry": bank.find_entry(carer.id)}


def _week(carer: Carer) -> dict[str, Any]:
    rows = availability.list_week(carer.id)
    return {"windows": [{"weekday": day, "from_minute": low, "to_minute": high} for day, low, high in rows]}
