"""Comparing schemes: the same sheet in brief under each other scheme, for the assembly that must choose."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from federation.assembly.weigh.quotas import QuotaRule
from federation.assembly.weigh.schemes import Scheme, Sizes
from federation.assembly.weigh.sheet import Rule, Sheet, sheet
from tenants.errors import InvalidInput

BANDS = ((0, 1), (50, 2), (200, 3))
VOTES_EACH = 10
"""Weights dealt out to a total get so many votes for each co-op on average."""
CAP_PERCENT = Fraction(15)


@dataclass(frozen=True)
class Compared:
    """A rule and its sheet without Shapley-Shubik power, or in words why there is none."""

    rule: Rule
    sheet: Sheet | None
    why_not: str = ""


def alternatives(rule: Rule, coops: int) -> Iterator[Rule]:
    """The other schemes under the same quota and second majority; roots of sizes also with their own quota."""
    total = VOTES_EACH * coops
    capped = CAP_PERCENT if coops * CAP_PERCENT >= 100 else None
    schemes = (
        Scheme("one_each"),
        Scheme("proportional"),
        Scheme("square_root"),
        Scheme("base_plus", base=1, total=total, cap_percent=capped),
        Scheme("bands", bands=BANDS),
    )
    for scheme in schemes:
        if scheme.kind != rule.scheme.kind:
            yield Rule(scheme, rule.quota, rule.second)
        if scheme.kind == "square_root":
            own = Rule(scheme, QuotaRule("jagiellonian"), rule.second)
            if rule.quota.kind != "jagiellonian":
                yield own


def compare(sizes: Sizes, rule: Rule) -> list[Compared]:
    """The sheets of all alternatives; one that cannot be counted out is told with its reason.

    >>> found = compare({"ash": 12, "elm": 60, "fir": 1500}, Rule(Scheme("one_each")))
    >>> [(one.rule.scheme.kind, one.sheet.flagged("dictator")) for one in found if one.sheet][0]
    ('proportional', ('fir',))
    """
    found = []
    for other in alternatives(rule, len(sizes)):
        try:
            found.append(Compared(other, sheet(sizes, other, with_shapley=False)))
        except InvalidInput as refusal:
            found.append(Compared(other, None, next(iter(refusal.errors.values()))))
    return found
