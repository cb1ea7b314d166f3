"""Two ways to settle positions, whoever owed whom: through a hub, or with the fewest payments."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from staffbank.net.problem import HUB, Book

MOST_EXACT = 16
"""With more co-ops that have a balance the fewest payments are found by the greedy rule, not proven."""


class Payment(NamedTuple):
    """`payer` pays `payee` so many pence, more than nought."""

    payer: str
    payee: str
    pence: int


class Settled(NamedTuple):
    """Payments, whether they are proven to be the best of their kind, and a sentence for people about it."""

    payments: list[Payment]
    exact: bool
    note: str


def settle_by_hub(book: Book) -> Settled:
    """One payment per co-op with a balance: debtors pay the hub, the hub pays creditors.

    >>> from staffbank.net.problem import Debt, put_together
    >>> settle_by_hub(put_together([Debt("ash", "elm", 5), Debt("elm", "fir", 5)])).payments
    [Payment(payer='ash', payee='federation', pence=5), Payment(payer='federation', payee='fir', pence=5)]
    """
    owing = [Payment(coop, HUB, -pence) for coop, pence in book.positions.items() if pence < 0]
    owed = [Payment(HUB, coop, pence) for coop, pence in book.positions.items() if pence > 0]
    return Settled(owing + owed, True, "Exact: each co-op with a balance pays or is paid once, through the hub.")


def settle_with_least(book: Book) -> Settled:
    """The fewest payments between co-ops: proven up to 16 of them with a balance, by the greedy rule beyond.

    Co-ops whose balances sum to nought settle among themselves with one payment fewer than they are, so the fewest
    payments are the co-ops minus the largest number of such groups. Two opposite balances are always such a group.

    >>> from staffbank.net.problem import Debt, put_together
    >>> settle_with_least(put_together([Debt("ash", "elm", 5), Debt("fir", "oak", 3), Debt("elm", "oak", 5)])).payments
    [Payment(payer='ash', payee='oak', pence=5), Payment(payer='fir', payee='oak', pence=3)]
    """
    balances = {coop: pence for coop, pence in book.positions.items() if pence}
    pairs, rest = _opposite_pairs(balances)
    exact = len(rest) <= MOST_EXACT
    groups = [*pairs, *(_most_groups(rest) if exact else [list(rest)])]
    payments = sorted(payment for group in groups for payment in greedy({coop: balances[coop] for coop in group}))
    if exact:
        return Settled(payments, True, "Exact: no settlement between the co-ops needs fewer payments.")
    note = (
        f"Greedy: {len(balances)} co-ops have a balance, and the fewest payments are proven to {MOST_EXACT}. "
        "The largest debtor pays the largest creditor, again and again; a settlement with fewer payments may exist."
    )
    return Settled(payments, False, note)


def greedy(balances: Mapping[str, int]) -> list[Payment]:
    """The largest debtor pays the largest creditor until nobody owes; at most one payment fewer than there are co-ops.

    >>> greedy({"ash": -5, "elm": -3, "oak": 8})
    [Payment(payer='ash', payee='oak', pence=5), Payment(payer='elm', payee='oak', pence=3)]
    """
    owing = [(pence, coop) for coop, pence in balances.items() if pence < 0]
    owed = [(-pence, coop) for coop, pence in balances.items() if pence > 0]
    heapq.heapify(owing)
    heapq.heapify(owed)
    payments = []
    while owing and owed:
        (debt, payer), (claim, payee) = heapq.heappop(owing), heapq.heappop(owed)
        pence = min(-debt, -claim)
        payments.append(Payment(payer, payee, pence))
        if debt + pence:
            heapq.heappush(owing, (debt + pence, payer))
        if claim + pence:
            heapq.heappush(owed, (claim + pence, payee))
    return payments


def _opposite_pairs(balances: Mapping[str, int]) -> tuple[list[list[str]], dict[str, int]]:
    """Pairs of co-ops with opposite balances, and everybody else.

    Taking a pair first is never wrong: if its two co-ops stood in two groups of the best division, the pair and the
    union of what is left of both groups would be as many groups.
    """
    waiting: dict[int, list[str]] = {}
    pairs, rest = [], dict(balances)
    for coop, pence in balances.items():
        if partners := waiting.get(-pence):
            partner = partners.pop(0)
            pairs.append([partner, coop])
            del rest[partner], rest[coop]
        else:
            waiting.setdefault(pence, []).append(coop)
    return pairs, rest


def _most_groups(balances: Mapping[str, int]) -> list[list[str]]:
    """Divide co-ops into the most groups whose balances sum to nought, by dynamic programming over all subsets."""
    coops, pence = list(balances), list(balances.values())
    sums, most = [0], [0]
    for mask in range(1, 1 << len(coops)):
        last = mask & -mask
        sums.append(sums[mask ^ last] + pence[last.bit_length() - 1])
        best, bits = 0, mask
        while bits:
            bit = bits & -bits
            best = max(best, most[mask ^ bit])
            bits ^= bit
        most.append(best + (not sums[mask]))
    return list(_walk_back(coops, sums, most))


def _walk_back(coops: Sequence[str], sums: Sequence[int], most: Sequence[int]) -> Iterator[list[str]]:
    """Take co-ops away one by one along best subsets: between two subsets that sum to nought lies one group."""
    mask, group = len(most) - 1, list[str]()
    while mask:
        if not sums[mask] and group:
            yield group
            group = []
        here = most[mask] - (not sums[mask])
        place = next(n for n in range(len(coops)) if mask >> n & 1 and most[mask ^ 1 << n] == here)
        group.append(coops[place])
        mask ^= 1 << place
    if group:
        yield group
