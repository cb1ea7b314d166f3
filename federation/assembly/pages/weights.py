"""How many votes each co-op has and what they mean: the fairness sheet, schemes beside each other, what if."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from federation.assembly.models import SizeSnapshot, WeightScheme
from federation.assembly.schemas.weights import WhatIfForm
from federation.assembly.services import schemes, sizes
from federation.assembly.services.rule_versions import any_rules
from federation.assembly.views import fairness
from federation.assembly.views.schemes import STATES, scheme_words
from procurement.pages.lists import file_answer
from tenants.downloads import Column
from tenants.errors import InvalidInput
from tenants.permissions import may
from tenants.services.coops import coop_names
from tenants.web import current_identity, needs
from tenants.web_forms import Form

bp = Blueprint("weights", __name__)

SORTS = {"m": "Members", "w": "Votes", "b": "Power", "label": "Co-op"}
COLUMNS = [
    Column("label", "Co-op"),
    Column("m", "Size", "packs"),
    Column("w", "Votes", "packs"),
    Column("share", "Share of votes (%)", "percent"),
    Column("b", "Power, Banzhaf (%)", "percent"),
    Column("shapley", "Power, Shapley-Shubik (%)", "percent"),
    Column("per_member", "Power of a member (1: all the same)", "percent"),
    Column("flags", "Note"),
]
FACTORS = (
    ("0.5", "Half its size"),
    ("1.5", "Half as much again"),
    ("2", "Twice its size"),
    ("3", "Three times its size"),
)


@bp.get("/assembly/weights")
@needs("see-assembly")
def index() -> str:
    """Is the weighting fair?"""
    snapshot, scheme = sizes.agreed(), schemes.current()
    facts: dict[str, Any] = {"snapshot": snapshot, "scheme": scheme, "sheet": None}
    if snapshot is not None and scheme is not None:
        facts["sheet"] = sheet_facts(scheme, snapshot)
        facts["scheme_words"] = scheme_words(schemes.terms_of(scheme), sizes.MEASURE_WORDS[snapshot.measure])
        facts["rows"], facts["sort"] = _sorted(facts["sheet"]["rows"])
        facts["newcomers"] = schemes.without_size(snapshot)
    others = [row for row in schemes.list_schemes() if row.state == "proposed"]
    return render_template("assembly/weights.html", **facts, others=others, founded=any_rules(), **_standing())


@bp.get("/assembly/weights.<any(csv, xlsx):ext>")
@needs("see-assembly")
def index_file(ext: str) -> Response:
    """The sheet to take away."""
    snapshot, scheme = schemes.need_agreed(), schemes.current()
    rows = _sorted(sheet_facts(scheme, snapshot, with_shapley=True)["rows"])[0] if scheme is not None else []
    return file_answer("Weights", ext, COLUMNS, [_as_cells(row) for row in rows])


@bp.get("/assembly/weights/compare")
@needs("see-assembly")
def compare() -> str:
    """Which scheme should the assembly choose?"""
    snapshot, names, chosen = sizes.agreed(), coop_names(), _chosen_coop()
    facts: dict[str, Any] = {"snapshot": snapshot, "rows": [], "chosen": chosen}
    if snapshot is not None:
        known = sizes.still_members(snapshot)
        chosen = chosen if chosen in known else next(iter(known), "")
        held = schemes.current()
        facts |= {
            "rows": fairness.compare_rows(schemes.compare(snapshot), names, chosen),
            "coops": sorted(((coop, names[coop]) for coop in known), key=lambda pair: pair[1]),
            "chosen": chosen,
            "chosen_name": names.get(chosen, ""),
            "chosen_size": 100 * known.get(chosen, 0) / max(1, sum(known.values())),
            "in_force": str(held.id) if held else "",
            "proposed": {str(row.id): row for row in schemes.list_schemes()},
        }
    return render_template("assembly/weights_compare.html", **facts, **_standing())


@bp.get("/assembly/weights/what-if")
@needs("see-assembly")
def what_if() -> Any:
    """What if a co-op grows or shrinks?"""
    snapshot, options = sizes.agreed(), _schemes_to_try()
    if snapshot is None or not options:
        return render_template("assembly/weights_what_if.html", options=[], form=Form(), **_standing())
    first = {"coop": _chosen_coop(), "factor": "2", "scheme": str(options[0].id)}
    asked = bool(request.args.get("coop"))
    form = Form.read(WhatIfForm(), request.args) if asked else Form(first)
    result = None
    if asked and form.ok:
        try:
            result = _what_if(form.data["scheme"], snapshot, form.data["coop"], form.data["factor"])
        except InvalidInput as error:
            form.fail(InvalidInput({"factor": next(iter(error.errors.values()))}))
    names = coop_names()
    page = render_template(
        "assembly/weights_what_if.html",
        form=form,
        result=result,
        options=[(str(row.id), row.name) for row in options],
        coops=sorted(((coop, names[coop]) for coop in sizes.still_members(snapshot)), key=lambda pair: pair[1]),
        factors=FACTORS,
        **_standing(),
    )
    return (page, 200) if form.ok else (page, 422)


def own_coop() -> str | None:
    """The reader's co-op, or nothing for the office."""
    identity = current_identity()
    return str(identity.acting.tenant_id) if identity.kind == "coop" else None


def sheet_facts(scheme: WeightScheme, snapshot: SizeSnapshot, *, with_shapley: bool = False) -> dict[str, Any]:
    """The fairness sheet of a scheme for the reader: what the panel and the table read."""
    found = schemes.sheet_found(scheme, snapshot, with_shapley=with_shapley)
    return fairness.sheet_page(found, coop_names(), own_coop(), sizes.MEASURE_WORDS[snapshot.measure])


def _what_if(scheme_id: UUID, snapshot: SizeSnapshot, coop: UUID, factor: Decimal) -> dict[str, Any]:
    scheme, names = schemes.get_scheme(scheme_id), coop_names()
    before, after = schemes.what_if(scheme, snapshot, coop, Fraction(factor))
    rows = fairness.what_if_rows(before, after, names, own_coop())
    return {
        "words": fairness.what_if_words(before, after, str(coop), names),
        "rows": rows,
        "name": names[str(coop)],
        "scheme": scheme.name,
        "bars": fairness.few(rows),
        "scale": 96 / max(max(row["power"], row["power_after"]) for row in rows),
    }


def _schemes_to_try() -> list[WeightScheme]:
    """The scheme in force and those that are proposed."""
    held = schemes.current()
    return ([held] if held else []) + [row for row in schemes.list_schemes() if row.state == "proposed"]


def _chosen_coop() -> str:
    """The co-op in the address, else the reader's own."""
    return request.args.get("coop", "") or own_coop() or ""


def _sorted(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows in the order of the address; largest first without one, names from A."""
    key, down = request.args.get("sort", "m"), request.args.get("way", "down") == "down"
    if key not in SORTS:
        raise InvalidInput({"sort": f"Sort by one of: {', '.join(SORTS)}"})
    return sorted(rows, key=lambda row: row[key], reverse=down), {"column": key, "down": down}


def _as_cells(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {
        key: None if row[key] is None else Decimal(f"{row[key]:.4f}") for key in ("share", "b", "shapley", "per_member")
    }
    return {**row, **numbers, "flags": "; ".join(row["flags"])}


def _standing() -> dict[str, Any]:
    identity = current_identity()
    return {
        "runs": may("run-assembly", identity.kind, identity.roles),
        "moves": may("move-motions", identity.kind, identity.roles),
        "states": STATES,
    }
