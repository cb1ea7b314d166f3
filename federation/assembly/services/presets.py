"""Where an assembly can begin: usual schemes of weights, and rules of decision as co-operators elsewhere have them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from federation.assembly.rule import Quorum, Rule, Threshold

_MAJORITY = {"kind": "majority"}


@dataclass(frozen=True)
class SchemePreset:
    """A usual scheme; `terms` are the scheme, quota and second majority, `about` says in a sentence what it does."""

    key: str
    name: str
    about: str
    terms: Mapping[str, Any]


def scheme_presets(coops: int, *, classes: bool = False) -> list[SchemePreset]:
    """The usual schemes, with totals that suit so many co-ops; that by classes only where co-ops stand in classes."""
    base_plus: dict[str, Any] = {"kind": "base_plus", "base": 1, "total": 10 * max(1, coops)}
    if coops >= 6:
        # A cap near an equal share would leave next to no difference between the co-ops.
        base_plus["cap_percent"] = "15" if coops >= 12 else "25"
    found = [
        _preset(
            "one-each", "One co-op, one vote", "Every co-op has one vote, whatever its size.", {"kind": "one_each"}
        ),
        _preset("proportional", "In proportion to size", "A vote for every member.", {"kind": "proportional"}),
        _preset("roots", "Square roots of sizes", "Four times the size is twice the votes.", {"kind": "square_root"}),
        _preset(
            "jagiellonian",
            "Square roots with their own quota",
            "Four times the size is twice the votes; what a motion needs is set so that power follows votes.",
            {"kind": "square_root"},
            {"kind": "jagiellonian"},
        ),
        _preset(
            "base-plus",
            "A base and more by size",
            "Everybody has a base, the rest goes by size, and nobody has more than a cap.",
            base_plus,
        ),
        _preset(
            "bands-3",
            "Three bands",
            "1 vote, from 50 on 2, from 200 on 3.",
            {"kind": "bands", "bands": [[0, 1], [50, 2], [200, 3]]},
        ),
        _preset(
            "bands-5",
            "Five bands",
            "1 vote, then one more at 50, 100, 200 and 400.",
            {"kind": "bands", "bands": [[0, 1], [50, 2], [100, 3], [200, 4], [400, 5]]},
        ),
        _preset(
            "double",
            "A base and more by size, and most co-ops",
            "As a base and more by size; in favour must also be more than half of the co-ops.",
            base_plus,
            second={"of": "coops", "percent": "50"},
        ),
    ]
    return [*found, _by_classes(coops)] if classes else found


def _preset(
    key: str,
    name: str,
    about: str,
    scheme: Mapping[str, Any],
    quota: Mapping[str, Any] = _MAJORITY,
    second: Mapping[str, Any] | None = None,
) -> SchemePreset:
    return SchemePreset(key, name, about, {"scheme": scheme, "quota": quota, "second_majority": second})


def _by_classes(coops: int) -> SchemePreset:
    shares = {"workers": "40", "users": "40", "community": "20"}
    scheme = {
        "kind": "classes",
        "total": 20 * max(1, coops),
        "classes": {group: {"share_percent": share} for group, share in shares.items()},
    }
    about = "Each class has a fixed share of all votes, split evenly among its co-ops."
    return _preset("classes", "Shares by class", about, scheme)


@dataclass(frozen=True)
class RulesPreset:
    """Rules of all four kinds. `takes` is what the source says, `fills` what is put where it says nothing."""

    key: str
    name: str
    source: str
    takes: str
    fills: str
    scheme: str
    """The key of the scheme that goes with it."""
    rules: Mapping[str, Rule]


_ORDINARY = Rule("ordinary", quorum=Quorum("33", "33"))
_SPECIAL = Rule("special", threshold=Threshold("75"), quorum=Quorum("50", "50"), notice_days=21)
_CONSTITUTIONAL = Rule(
    "constitutional",
    one_each=True,
    threshold=Threshold("75", strictly=False),
    quorum=Quorum("50", "50"),
    notice_days=21,
)
_ELECTION = Rule("election", secret=True, quorum=Quorum("33", "33"), tie_rule="lot")


def _all(*rules: Rule, **every: Any) -> dict[str, Rule]:
    """The four kinds, these in place of the usual ones; `every` is set in all of them."""
    kinds = {rule.kind: rule for rule in (_ORDINARY, _SPECIAL, _CONSTITUTIONAL, _ELECTION, *rules)}
    return {kind: replace(rule, **every) for kind, rule in kinds.items()}


RULES_PRESETS: dict[str, RulesPreset] = {
    preset.key: preset
    for preset in (
        RulesPreset(
            "equal-care",
            "Equal Care style",
            "Equal Care Co-op, bylaws on voting",
            "One member, one vote; special decisions by more than 75% of those who vote, abstentions among them; a"
            " delegate holds at most 5 proxies.",
            "Quorum, notice and what breaks a tie.",
            "one-each",
            _all(
                replace(_SPECIAL, threshold=Threshold("75"), base="cast_with_abstentions", one_each=True),
                replace(_ORDINARY, one_each=True),
                proxy_cap=5,
            ),
        ),
        RulesPreset(
            "fairshares",
            "FairShares style",
            "FairShares model rules, special resolutions",
            "One holder, one vote; a special decision needs a majority in each class and 75% of all votes there are.",
            "Quorum, notice, proxies and what breaks a tie. Say first which class each co-op stands in.",
            "one-each",
            _all(
                replace(
                    _SPECIAL,
                    one_each=True,
                    threshold=Threshold("75", strictly=False),
                    base="eligible",
                    class_rule={"percent": "50"},
                ),
                replace(_ORDINARY, one_each=True),
            ),
        ),
        RulesPreset(
            "somerset",
            "Somerset style",
            "Somerset Rules for multi-stakeholder co-operatives",
            "Each class of members holds a fixed share of all votes, whoever is in it.",
            "The shares themselves, special majorities, quorum, notice and what breaks a tie. Say first which class each"
            " co-op stands in.",
            "classes",
            _all(replace(_SPECIAL, threshold=Threshold("75", strictly=False))),
        ),
        RulesPreset(
            "german",
            "German style",
            "Genossenschaftsgesetz, section 43(3)",
            "More than one vote goes by what members do, in an ordinary co-op at most three; where three quarters are"
            " needed, and on doing away with plural votes, everybody has one.",
            "The bands, quorum, notice and what breaks a tie. A co-op of co-ops may go beyond three.",
            "bands-3",
            _all(replace(_SPECIAL, one_each=True, threshold=Threshold("75", strictly=False))),
        ),
        RulesPreset(
            "italian",
            "Italian style",
            "Codice civile, article 2538",
            "A member that is a legal person has up to five votes by its number of members; a vote cast from afar rests on"
            " the full text, and falls when the text is changed.",
            "The bands, special majorities, quorum, notice, proxies and what breaks a tie.",
            "bands-5",
            _all(replace(_SPECIAL, threshold=Threshold("66.67", strictly=False))),
        ),
        RulesPreset(
            "canadian",
            "Canadian style",
            "Cooperatives Act (Canada), sections 61 to 63",
            "A member or delegate has one vote; most of the voting rights make a quorum; a member co-op votes by the person"
            " it has authorised.",
            "Special majorities of two thirds, notice and what breaks a tie; no proxies, as in Quebec’s act on syndicates.",
            "one-each",
            _all(
                *(
                    replace(rule, one_each=True, quorum=Quorum("50", "50"))
                    for rule in (_ORDINARY, replace(_SPECIAL, threshold=Threshold("66.67", strictly=False)))
                ),
                proxy_cap=0,
            ),
        ),
    )
}
"""By key, in the order in which they are shown."""
