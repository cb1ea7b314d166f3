"""Small settlements worked out by trying everything: what the calculator's answers are judged by."""

from collections.abc import Iterator, Mapping
from itertools import product


def partitions(names: list[str]) -> Iterator[list[list[str]]]:
    """Every division of names into groups."""
    if not names:
        yield []
        return
    first, rest = names[0], names[1:]
    for division in partitions(rest):
        yield [[first], *division]
        for place, group in enumerate(division):
            yield [*division[:place], [first, *group], *division[place + 1 :]]


def fewest_payments(positions: Mapping[str, int]) -> int:
    """Co-ops with a balance minus the largest number of groups that sum to nought, over every division."""
    balances = {coop: pence for coop, pence in positions.items() if pence}
    even = [
        len(division)
        for division in partitions(sorted(balances))
        if all(not sum(balances[coop] for coop in group) for group in division)
    ]
    return len(balances) - max(even)


def least_moved(links: Mapping[tuple[str, str], int], positions: Mapping[str, int]) -> int:
    """The smallest total of payments along links, none above its debt, that meets every position: every way is tried."""
    best = sum(links.values())
    for flows in product(*(range(pence + 1) for pence in links.values())):
        left = dict(positions)
        for (debtor, creditor), pence in zip(links, flows, strict=True):
            left[debtor] += pence
            left[creditor] -= pence
        if not any(left.values()):
            best = min(best, sum(flows))
    return best
