"""An assembly that can vote: co-ops with agreed sizes, delegates, a scheme in force and rules of all four kinds.

Open no scope around it: it opens its own. Its rows are written straight, because most tests only need them to stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from federation.assembly.models import DecisionRule, SizeSnapshot, WeightScheme
from federation.assembly.rule import KINDS, Quorum, Rule, Threshold, read_rule
from tenants import clock
from tenants.db import acting_for_federation, db
from tests.factories.tenants import make_coop, make_manager, make_membership, make_officer, make_person

BANDS: dict[str, Any] = {"kind": "bands", "bands": [[0, 1], [50, 2], [200, 3], [600, 5]]}
"""Votes by members: 1, from 50 on 2, from 200 on 3, from 600 on 5."""
THREE: Mapping[str, int] = {"Afon Care": 20, "Beacon Care": 120, "Cwm Care": 700}
"""Three co-ops that have 1, 2 and 5 votes under `BANDS`."""

_RULES: dict[str, Rule] = {
    "ordinary": Rule("ordinary", quorum=Quorum("30", "30")),
    "special": Rule("special", threshold=Threshold("75", strictly=False), quorum=Quorum("50", "50")),
    "constitutional": Rule("constitutional", one_each=True, threshold=Threshold("66.67", strictly=False)),
    "election": Rule("election", secret=True),
}


@dataclass(frozen=True)
class Assembly:
    """Ids alone, so that they can be used in any scope; co-ops by the names they were asked for."""

    coops: Mapping[str, UUID]
    delegates: Mapping[UUID, UUID]
    """A delegate of each co-op, by the co-op's id."""
    managers: Mapping[UUID, UUID]
    officer: UUID
    snapshot_id: UUID
    scheme_id: UUID
    rules: Mapping[str, UUID]
    """The decision rule of each kind."""


def found_assembly(
    coops: Mapping[str, int] = THREE,
    *,
    scheme: Mapping[str, Any] | None = None,
    quota: Mapping[str, Any] | None = None,
    classes: Mapping[str, str] | None = None,
    **changes: Any,
) -> Assembly:
    """An assembly of co-ops with so many members each.

    Without `scheme` votes come by `BANDS`; `classes` names the class of co-ops by their names. `changes` are keys of
    all four rules (`notice_days=14`, `secret=True`), or a kind with such keys (`ordinary={"notice_days": 14}`). By
    default notice is of no clear days, so that a vote can open tomorrow.
    """
    ids = {name: make_coop(name, members=members, staff=members // 2) for name, members in coops.items()}
    delegates = {
        coop: make_membership(coop, "delegate", make_person(f"Dilys {name.split()[0]}")) for name, coop in ids.items()
    }
    managers = {coop: make_manager(coop, f"Mair {name.split()[0]}") for name, coop in ids.items()}
    officer = make_officer("Olwen Officer")
    sizes = {str(ids[name]): members for name, members in coops.items()}
    with acting_for_federation(officer):
        snapshot = _snapshot(sizes, {str(ids[name]): group for name, group in (classes or {}).items()})
        row = _scheme(dict(scheme or BANDS), dict(quota or {"kind": "majority"}))
        db.session.add_all([snapshot, row])
        db.session.flush()
        rules = {kind: _rule(kind, row.id, changes) for kind in KINDS}
        db.session.add_all(rules.values())
        db.session.flush()
        rule_ids = {kind: rule.id for kind, rule in rules.items()}
        return Assembly(ids, delegates, managers, officer, snapshot.id, row.id, rule_ids)


def _snapshot(sizes: dict[str, int], classes: dict[str, str]) -> SizeSnapshot:
    now = clock.now()
    return SizeSnapshot(
        number=1,
        as_of_date=clock.today(),
        measure="members",
        source="The members' register of each co-op",
        sizes=sizes,
        classes=classes,
        state="agreed",
        asked_at=now,
        answer_by=now,
        agreed_at=now,
    )


def _scheme(scheme: dict[str, Any], quota: dict[str, Any]) -> WeightScheme:
    return WeightScheme(
        number=1,
        name="Bands by members",
        scheme=scheme,
        quota=quota,
        why="Everybody can count it by heart",
        state="adopted",
        adopted_on=clock.today(),
        resolution="Founding meeting, item 3",
    )


def _rule(kind: str, scheme_id: UUID, changes: Mapping[str, Any]) -> DecisionRule:
    plain = _RULES[kind].as_json() | {"notice_days": 0}
    plain |= {key: value for key, value in changes.items() if key not in KINDS} | changes.get(kind, {})
    return DecisionRule(
        kind=kind,
        version=1,
        rule=read_rule(plain).as_json(),
        scheme_id=scheme_id,
        source="Founding rules",
        in_force_from=clock.today(),
        resolution="Founding meeting, item 4",
    )
