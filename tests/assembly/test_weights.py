"""Schemes and rules: proposed, warned of, adopted, and changed by a constitutional motion alone."""

from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from federation.assembly.models import Motion
from federation.assembly.rule import Rule, read_rule
from federation.assembly.services import decision_rules, rule_effects, schemes, sizes
from federation.assembly.services.presets import RULES_PRESETS, scheme_presets
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import InvalidInput, RuleBroken
from tenants.models import Tenant
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.tenants import make_coop

pytestmark = pytest.mark.usefixtures("app")

MAJORITY = {"kind": "majority"}
BANDS = {"kind": "bands", "bands": [[0, 1], [50, 2], [200, 3]]}


def agreed_sizes(**members: int) -> dict[str, UUID]:
    coops = {name: make_coop(name, members=many) for name, many in members.items()}
    with acting_for_federation():
        row = sizes.draft_snapshot(clock.today(), "members", "Registers")
        sizes.ask(row.id, clock.now() + timedelta(days=1))
        made = row.id
    with clock.stopped_at(clock.now() + timedelta(days=2)), acting_for_federation():
        sizes.take_as_agreed(made)
    return coops


def proposed(scheme: Any, quota: Any = MAJORITY, second: Any = None) -> UUID:
    with acting_for_federation():
        return schemes.propose("A scheme", scheme, quota, second, "Because").id


def motion(kind: str) -> UUID:
    """A motion, in office scope."""
    row = Motion(number=7, kind=kind, title="?", text="", moved_by_coop=UUID(int=1), submitted_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row.id


def test_a_scheme_rests_on_agreed_sizes_and_is_read_strictly() -> None:
    with pytest.raises(RuleBroken, match="No sizes"):
        proposed(BANDS)
    agreed_sizes(Afon=20, Beacon=120)
    with pytest.raises(InvalidInput) as refusal:
        proposed({"kind": "bands", "bands": [[5, 1]], "weights": 9})
    assert set(refusal.value.errors) == {"scheme.bands[0][0]", "scheme.weights"}


def test_a_dictator_must_be_seen_before_a_scheme_is_adopted() -> None:
    agreed_sizes(Afon=20, Beacon=120, Cwm=700)
    made = proposed({"kind": "proportional"})
    with pytest.raises(RuleBroken, match="Cwm decides everything alone") as refusal, acting_for_federation():
        schemes.adopt(made, resolution="Founding meeting")
    with acting_for_federation():
        row = schemes.adopt(made, resolution="Founding meeting", seen=refusal.value.facts["warning"])
        assert "Cwm decides everything alone" in row.warned
        held = schemes.current()
        assert held is not None and held.id == made


def test_the_founding_is_once_and_then_only_a_constitutional_motion_changes_weights() -> None:
    agreed_sizes(Afon=20, Beacon=120, Cwm=700)
    with pytest.raises(RuleBroken, match="scheme"), acting_for_federation():
        decision_rules.found("german", "Founding meeting")
    first, second = proposed(BANDS), proposed({"kind": "one_each"})
    with acting_for_federation():
        schemes.adopt(first, resolution="Founding meeting")
        decision_rules.found("german", "Founding meeting")
    with acting_for_federation():
        for refused, code in ((None, "needs-motion"), (motion("ordinary"), "needs-constitutional")):
            with pytest.raises(RuleBroken) as refusal:
                schemes.adopt(second, resolution="Motion 1", motion_id=refused)
            assert refusal.value.code == code
        with pytest.raises(RuleBroken):
            decision_rules.found("german", "Again")


def test_a_carried_motion_adopts_a_scheme_and_every_rule_rests_on_it_from_its_day() -> None:
    assembly = found_assembly()
    made = proposed({"kind": "one_each"}, {"kind": "percent", "percent": "60"})
    day = clock.today() + timedelta(days=5)
    special = Rule("special", notice_days=28).as_json()
    raw = {"scheme": str(made), "rules": {"special": special}, "from": day.isoformat()}
    with acting_for_federation():
        carried = motion("constitutional")
    with acting_for(assembly.coops["Afon Care"]):
        assert "scheme 2, A scheme" in rule_effects.effect_words(raw)[0]
    with acting_for_federation():
        rule_effects.apply_effect(raw, resolution="Motion 1, carried today", motion_id=carried)
        before, after = decision_rules.rule_for("ordinary"), decision_rules.rule_for("ordinary", day)
        assert (before[0].scheme_id, after[0].scheme_id) == (assembly.scheme_id, made)
        assert after[1].threshold.percent == "60" and after[0].motion_id == carried
        assert decision_rules.rule_for("special", day)[1].notice_days == 28
        held, coming = schemes.current(), schemes.current(day)
        assert held is not None and coming is not None and (held.id, coming.id) == (assembly.scheme_id, made)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"from": "tomorrow", "rules": {"special": {}}}, "effect.from"),
        ({"from": "2027-01-01"}, "effect"),
        ({"from": "2027-01-01", "scheme": "7"}, "effect.scheme"),
        ({"from": "2027-01-01", "rules": {"constitutional": {}}}, "effect.rules.constitutional.one_each"),
        ({"from": "2027-01-01", "rules": {"special": {"weights": {}}}}, "effect.rules.special.weights"),
    ],
)
def test_an_effect_that_cannot_be_is_refused_before_the_vote(raw: Any, path: str) -> None:
    with acting_for_federation(), pytest.raises(InvalidInput) as refusal:
        rule_effects.read_effect(raw)
    assert path in refusal.value.errors


def test_weights_for_a_vote_leave_out_who_left_and_count_one_each_for_the_constitution() -> None:
    assembly = found_assembly()
    with acting_for_federation():
        row, rule = decision_rules.rule_for("ordinary")
        weighed = schemes.weigh_for(row, rule)
        assert sorted(weighed.weights.values()) == [1, 2, 5] and weighed.quota == 5
        assert weighed.sheet["coops"][str(assembly.coops["Cwm Care"])]["flags"] == ["veto", "dictator"]
        each = schemes.weigh_for(*decision_rules.rule_for("constitutional"))
        assert set(each.weights.values()) == {1} and each.quota == 3
    leave(assembly, "Cwm Care")
    with acting_for_federation():
        assert sorted(schemes.weigh_for(*decision_rules.rule_for("ordinary")).weights.values()) == [1, 2]


def leave(assembly: Assembly, name: str) -> None:
    with acting_for_federation():
        db.session.get_one(Tenant, assembly.coops[name]).left_on = clock.today()


def test_what_a_jagiellonian_motion_needs_is_what_its_sheet_says() -> None:
    agreed_sizes(Afon=20, Beacon=120, Cwm=700, Dale=45)
    made = proposed({"kind": "square_root"}, {"kind": "jagiellonian"}, {"of": "coops", "percent": "50"})
    with acting_for_federation():
        schemes.adopt(made, resolution="Founding meeting", seen=schemes.warning_of(schemes.get_scheme(made)))
        decision_rules.found("italian", "Founding meeting")
        row, rule = decision_rules.rule_for("ordinary")
        weighed = schemes.weigh_for(row, rule)
        total = sum(weighed.weights.values())
        assert weighed.quota == weighed.sheet["quota"] == schemes.needed(rule.threshold, total) > total / 2
        assert rule.base == "eligible" and rule.second_majority == {"of": "coops", "percent": "50"}


def test_a_co_op_that_doubles_is_seen_on_both_sheets() -> None:
    coops = agreed_sizes(Afon=20, Beacon=120, Cwm=110)
    made = proposed({"kind": "proportional"})
    with acting_for_federation():
        row, held = schemes.get_scheme(made), sizes.agreed()
        assert held is not None
        before, after = schemes.what_if(row, held, coops["Beacon"], Fraction(2))
        assert not before.flagged("dictator") and after.flagged("dictator") == (str(coops["Beacon"]),)
        with pytest.raises(InvalidInput):
            schemes.what_if(row, held, coops["Beacon"], 5000)


def test_every_preset_can_found_an_assembly_and_every_scheme_is_compared() -> None:
    assembly = found_assembly(classes={"Afon Care": "workers", "Beacon Care": "users", "Cwm Care": "community"})
    with acting_for_federation():
        held = sizes.agreed()
        assert held is not None
        compared = {one.key: one for one in schemes.compare(held)}
        assert str(assembly.scheme_id) in compared and len(compared) == len(scheme_presets(3, classes=True)) + 1
        assert [one.key for one in compared.values() if one.sheet is None] == []
    for preset in RULES_PRESETS.values():
        assert set(preset.rules) == set(assembly.rules)
        for kind, rule in preset.rules.items():
            assert decision_rules.check_rule(kind, read_rule(rule.as_json())) == rule


def test_investors_hold_a_quarter_at_most() -> None:
    found_assembly(classes={"Afon Care": "workers", "Beacon Care": "workers", "Cwm Care": "investors"})
    shares = {"workers": {"share_percent": "70"}, "investors": {"share_percent": "30"}}
    with pytest.raises(InvalidInput, match="Investors"):
        proposed({"kind": "classes", "total": 100, "classes": shares})
    shares = {"workers": {"share_percent": "90"}, "investors": {"share_percent": "10"}}
    proposed({"kind": "classes", "total": 100, "classes": shares})
