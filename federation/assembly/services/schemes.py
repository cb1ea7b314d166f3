"""Schemes of weights: proposed, looked at on the fairness sheet, compared, adopted; and the weights for a vote."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select

from federation.assembly.fairness import answer_of, plain_warning, sheet_of, weighing
from federation.assembly.models import DecisionRule, SizeSnapshot, WeightScheme
from federation.assembly.rule import KINDS, Rule, Threshold, read_rule
from federation.assembly.services import sizes
from federation.assembly.services.numbers import next_number
from federation.assembly.services.presets import scheme_presets
from federation.assembly.services.rule_versions import check_mandate, lock_rules, version_in_force, write_version
from federation.assembly.services.scheme_rows import current, get_scheme, list_schemes, terms_of
from federation.assembly.weigh.quotas import QuotaRule
from federation.assembly.weigh.sheet import Sheet
from federation.assembly.weigh.solve import quota_json, scheme_json
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_scope
from tenants.services.coops import coop_names, list_coops

MOST_FOR_INVESTORS = 25
"""Per cent of all votes that members who neither work nor use the service can hold at most."""
GREATEST_FACTOR = 1000
MOST_FOR_SHAPLEY = 100
"""With more co-ops Shapley-Shubik power is left out: people wait for these sheets."""


@dataclass(frozen=True)
class Compared:
    """A scheme beside others: what it is called, its terms, and its sheet, or why there is none."""

    key: str
    name: str
    terms: Mapping[str, Any]
    sheet: Sheet | None
    why_not: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Weighed:
    """What is fixed when a vote opens. `quota` is the weight that suffices when all of it votes for or against."""

    weights: dict[str, int]
    sizes: dict[str, int]
    names: dict[str, str]
    classes: dict[str, str]
    quota: int
    sheet: dict[str, Any]
    scheme_id: UUID
    snapshot_id: UUID


def propose(
    name: str,
    scheme: Mapping[str, Any],
    quota: Mapping[str, Any],
    second_majority: Mapping[str, Any] | None,
    why: str,
) -> WeightScheme:
    """Put a scheme on the table; it changes nothing. Office scope.

    Raises: InvalidInput with the path of each wrong key, RuleBroken before sizes are agreed.
    """
    if not name.strip() or len(name) > 200:
        raise InvalidInput({"name": "Give it a name of at most 200 letters"})
    if len(why) > 2000:
        raise InvalidInput({"why": "Use at most 2,000 letters"})
    given = {"scheme": dict(scheme), "quota": dict(quota), "second_majority": second_majority}
    terms = plain_terms(_sheet(given, need_agreed()))
    _check_investors(terms["scheme"])
    row = WeightScheme(
        number=next_number(WeightScheme),
        name=name.strip(),
        scheme=terms["scheme"],
        quota=terms["quota"],
        second_majority=terms["second_majority"],
        why=why.strip(),
        made_by=current_scope().person_id,
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("propose-scheme", "scheme", row.id, {"number": row.number, "kind": row.scheme["kind"]})
    return row


def adopt(
    scheme_id: UUID, *, resolution: str, motion_id: UUID | None = None, on: date | None = None, seen: str = ""
) -> WeightScheme:
    """Let a proposed scheme hold from a day on, by default today. Office scope.

    While there are no rules the founding resolution is enough, and `seen` must be the warning that was ticked, if there
    is one. Afterwards only a constitutional motion does it; all rules then get a version that rests on the scheme.
    Raises: NotFound, InvalidInput, RuleBroken.
    """
    lock_rules()
    row = db.session.scalar(select(WeightScheme).where(WeightScheme.id == scheme_id).with_for_update())
    if row is None:
        raise NotFound("scheme")
    if row.state != "proposed":
        raise RuleBroken("scheme-adopted", "This scheme has been adopted already. Propose it anew.")
    if not resolution.strip() or len(resolution) > 2000:
        raise InvalidInput({"resolution": "Say which resolution adopted it, like “Founding meeting, item 3”"})
    check_mandate(motion_id)
    found = sheet_found(row, need_agreed())
    warning = plain_warning(found, coop_names())
    if motion_id is None and warning and seen.strip() != warning:
        raise RuleBroken("warning-unseen", f"Tick that the assembly knows this: {warning}", warning=warning)
    day = max(on or clock.today(), clock.today())
    for other in db.session.scalars(select(WeightScheme).where(WeightScheme.state == "adopted")):
        other.state = "replaced"
    row.state, row.adopted_on, row.resolution = "adopted", day, resolution.strip()
    row.motion_id, row.warned = motion_id, warning
    db.session.flush()
    audit.record("adopt-scheme", "scheme", row.id, {"number": row.number, "from": day.isoformat()})
    for kind in KINDS:
        held = version_in_force(kind, day)
        if held is not None:
            rule = suited(read_rule(held.rule), row, found)
            write_version(rule, row.id, day, row.resolution, motion_id, held.source)
    return row


def suited(rule: Rule, scheme: WeightScheme, found: Sheet) -> Rule:
    """An ordinary decision needs what its scheme says: the quota and the second majority. Other kinds stay as they are."""
    if rule.kind != "ordinary" or rule.one_each:
        return rule
    base = "cast" if rule.base == "eligible" else rule.base
    threshold = Threshold()
    if scheme.quota["kind"] == "percent":
        threshold = Threshold(str(scheme.quota["percent"]), strictly=False)
    if scheme.quota["kind"] == "jagiellonian":
        # Written down, never up: the least whole weight that reaches the share is then the quota itself.
        share = (Decimal(100 * found.quota) / found.total).quantize(Decimal("1.00000000"), ROUND_FLOOR)
        base, threshold = "eligible", Threshold(format(share, "f"), strictly=False)
    return replace(rule, base=base, threshold=threshold, second_majority=scheme.second_majority)


def sheet(scheme: WeightScheme, snapshot: SizeSnapshot) -> dict[str, Any]:
    """The fairness sheet: calculator 6's answer without its comparison, co-ops named in its sentences."""
    return answer_of(sheet_found(scheme, snapshot, with_shapley=True), coop_names())


def sheet_found(scheme: WeightScheme, snapshot: SizeSnapshot, *, with_shapley: bool = False) -> Sheet:
    """The sheet as the calculator found it. Raises: InvalidInput."""
    return _sheet(terms_of(scheme), snapshot, with_shapley=with_shapley)


def warning_of(scheme: WeightScheme) -> str:
    """The sentence that must be seen before this scheme is adopted; empty where there is none."""
    return plain_warning(sheet_found(scheme, need_agreed()), coop_names())


def compare(snapshot: SizeSnapshot) -> list[Compared]:
    """The scheme in force, those proposed, and the usual ones, each with its sheet under these sizes."""
    names, held = coop_names(), current()
    rows = ([held] if held else []) + [row for row in list_schemes() if row.state == "proposed"]
    options: list[tuple[str, str, Mapping[str, Any]]] = [(str(row.id), row.name, terms_of(row)) for row in rows]
    shown = [terms for _, _, terms in options]
    for preset in scheme_presets(len(sizes.still_members(snapshot)), classes=bool(snapshot.classes)):
        if preset.terms not in shown:
            options.append((preset.key, preset.name, preset.terms))
    found = []
    for key, name, terms in options:
        try:
            one = _sheet(terms, snapshot)
            found.append(Compared(key, name, terms, one, warning=plain_warning(one, names)))
        except InvalidInput as error:
            found.append(Compared(key, name, terms, None, why_not=next(iter(error.errors.values()))))
    return found


def what_if(scheme: WeightScheme, snapshot: SizeSnapshot, coop_id: UUID, factor: Fraction | int) -> tuple[Sheet, Sheet]:
    """The sheets before and after one co-op grows or shrinks by a factor; its size is rounded half up.

    Raises: NotFound for a co-op without a size, InvalidInput.
    """
    known, coop = sizes.still_members(snapshot), str(coop_id)
    if coop not in known:
        raise NotFound("co-op")
    if not 0 <= factor <= GREATEST_FACTOR:
        raise InvalidInput({"factor": f"Enter a number from 0 to {GREATEST_FACTOR:,}, like 2 or 0.5"})
    changed = {**known, coop: int((2 * known[coop] * Fraction(factor) + 1) // 2)}
    terms = terms_of(scheme)
    before, after = (sheet_of(weighing(terms, one, snapshot.classes), with_shapley=False) for one in (known, changed))
    return before, after


def weigh_for(rule_row: DecisionRule, rule: Rule) -> Weighed:
    """What a vote under a rule is opened with; a rule of one co-op, one vote gives everybody one.

    Raises: RuleBroken before sizes are agreed.
    """
    snapshot, scheme = need_agreed(), get_scheme(rule_row.scheme_id)
    known, names = sizes.still_members(snapshot), coop_names()
    terms: Mapping[str, Any] = terms_of(scheme)
    if rule.one_each:
        terms = {"scheme": {"kind": "one_each"}, "quota": {"kind": "majority"}}
    found = _sheet(terms, snapshot, with_shapley=True)
    weights = {line.coop: line.weight for line in found.lines}
    own_quota = not rule.one_each and rule.kind == "ordinary" and scheme.quota["kind"] == "jagiellonian"
    return Weighed(
        weights,
        known,
        {coop: names[coop] for coop in known},
        {coop: group for coop, group in snapshot.classes.items() if coop in known},
        found.quota if own_quota else needed(rule.threshold, found.total),
        answer_of(found, names),
        scheme.id,
        snapshot.id,
    )


def needed(threshold: Threshold, total: int) -> int:
    """The least whole weight that passes when all of it votes for or against.

    >>> needed(Threshold("50"), 60), needed(Threshold("66.67", strictly=False), 12)
    (31, 9)
    """
    share = Fraction(threshold.percent) * total / 100
    return max(1, int(share) + 1 if threshold.strictly else -int(-share // 1))


def without_size(snapshot: SizeSnapshot) -> list[str]:
    """Names of the co-ops that joined after these sizes were drafted: they have no votes until the next."""
    return [coop.name for coop in list_coops() if str(coop.id) not in snapshot.sizes]


def need_agreed() -> SizeSnapshot:
    """The sizes that hold. Raises: RuleBroken while there are none."""
    found = sizes.agreed()
    if found is None:
        raise RuleBroken("no-sizes", "No sizes are agreed yet. Ask the co-ops for theirs first: votes rest on them.")
    return found


def plain_terms(found: Sheet) -> dict[str, Any]:
    """The terms that a sheet was counted by, each in its one way of writing; classes without their members."""
    scheme, second = scheme_json(found.rule.scheme), found.rule.second
    if "classes" in scheme:
        scheme["classes"] = {
            name: {"share_percent": share["share_percent"]} for name, share in scheme["classes"].items()
        }
    percent = quota_json(QuotaRule("percent", second.percent))["percent"] if second else ""
    return {
        "scheme": scheme,
        "quota": quota_json(found.rule.quota),
        "second_majority": {"of": second.of, "percent": percent} if second else None,
    }


def _sheet(terms: Mapping[str, Any], snapshot: SizeSnapshot, *, with_shapley: bool = False) -> Sheet:
    known = sizes.still_members(snapshot)
    return sheet_of(
        weighing(terms, known, snapshot.classes), with_shapley=with_shapley and len(known) <= MOST_FOR_SHAPLEY
    )


def _check_investors(scheme: Mapping[str, Any]) -> None:
    """Of a scheme that the calculator took. Raises: InvalidInput when investors would hold more than they may."""
    share = scheme.get("classes", {}).get("investors", {}).get("share_percent", 0)
    if Fraction(str(share)) > MOST_FOR_INVESTORS:
        path = "scheme.classes.investors.share_percent"
        raise InvalidInput({path: f"Investors can hold at most {MOST_FOR_INVESTORS} per cent of all votes"})


__all__ = [
    "Compared",
    "Weighed",
    "adopt",
    "compare",
    "current",
    "get_scheme",
    "list_schemes",
    "need_agreed",
    "needed",
    "plain_terms",
    "propose",
    "sheet",
    "sheet_found",
    "suited",
    "terms_of",
    "warning_of",
    "weigh_for",
    "what_if",
    "without_size",
]
