"""A month's settlement as sums: who owes whom, who pays whom, and the lines that this makes in each book. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from staffbank.net.modes import Payment
from staffbank.net.problem import HUB, Debt
from staffbank.net.solve import net
from staffbank.pay.bands import bank_holidays
from tenants.money import round_half_up

DISPUTE_DAYS = 5
"""Working days in which a line of a statement may be disputed."""
DECAY = Fraction(9, 10)
"""What is left of the account of hours a month later."""

Charge = tuple[str, str, int]
"""Host, home co-op, gross pence; below nought for what is given back."""


@dataclass(frozen=True)
class Settled:
    """Payments that meet every position to the penny; `HUB` stands for the federation."""

    payments: tuple[Payment, ...]
    positions: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    exact: bool
    input_sha256: str


def settle(charges: Iterable[Charge], *, mode: str, signed: Collection[str]) -> Settled:
    """Net what co-ops owe each other: by `mode` where both have signed the settlement agreement, through the hub elsewhere.

    >>> charges = [("ash", "elm", 900), ("elm", "ash", 400), ("ash", "fir", 100)]
    >>> settle(charges, mode="least", signed={"ash", "elm"}).payments
    (Payment(payer='ash', payee='elm', pence=500), Payment(payer='ash', payee='federation', pence=100), Payment(payer='federation', payee='fir', pence=100))
    """
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for host, home, pence in charges:
        pairs[host, home] += pence
    pairs = {pair: pence for pair, pence in sorted(pairs.items()) if pence}
    debts = [_debt(*pair, pence) for pair, pence in pairs.items()]
    agreed = [debt.debtor in signed and debt.creditor in signed for debt in debts]
    direct = [debt for debt, both in zip(debts, agreed, strict=True) if both]
    rest = [debt for debt, both in zip(debts, agreed, strict=True) if not both]
    found = [net(direct, mode), net(rest, "hub")]
    positions: dict[str, int] = defaultdict(int)
    for settlement in found:
        for coop, pence in settlement.positions.items():
            positions[coop] += pence
    told = "\n".join(f"{debtor},{creditor},{pence}" for debtor, creditor, pence, _ in debts)
    return Settled(
        _joined(payment for settlement in found for payment in settlement.payments),
        dict(sorted(positions.items())),
        pairs,
        all(settlement.exact for settlement in found),
        hashlib.sha256(f"{mode}\n{sorted(signed)}\n{told}".encode()).hexdigest(),
    )


def book_lines(settled: Settled) -> dict[str, dict[tuple[str, str], int]]:
    """Per co-op, and for the hub, pence by (account, counterparty): the old dues go, the payments to be made take their place.

    >>> lines = book_lines(settle([("ash", "elm", 5), ("elm", "fir", 5)], mode="hub", signed=()))
    >>> lines["elm"]
    {('due-from', 'ash'): -5, ('due-to', 'fir'): 5}
    >>> lines["ash"]
    {('due-to', 'elm'): 5, ('due-to', 'federation'): -5}
    """
    books: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for (host, home), pence in settled.pairs.items():
        books[host]["due-to", home] += pence
        books[home]["due-from", host] -= pence
    for payer, payee, pence in settled.payments:
        books[payer]["due-to", payee] -= pence
        books[payee]["due-from", payer] += pence
    return {
        owner: {key: pence for key, pence in sorted(lines.items()) if pence}
        for owner, lines in sorted(books.items())
        if any(lines.values())
    }


def dispute_ends(told_on: date) -> date:
    """The last day of the dispute window: five working days after a statement.

    >>> dispute_ends(date(2026, 12, 23))
    datetime.date(2027, 1, 4)
    """
    day, left = told_on, DISPUTE_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in bank_holidays(day.year)
    return day


def next_balance(before: int, months: int, weighted_lent: int, weighted_borrowed: int) -> int:
    """The account of hours, in minutes: what is left of older favours after so many months, and the new ones.

    >>> next_balance(1000, 1, 300, 120), next_balance(-5, 1, 0, 0)
    (1080, -5)
    """
    return round_half_up(before * DECAY**months) + weighted_lent - weighted_borrowed


def _debt(host: str, home: str, pence: int) -> Debt:
    return Debt(host, home, pence) if pence > 0 else Debt(home, host, -pence)


def _joined(payments: Iterable[Payment]) -> tuple[Payment, ...]:
    """Payments of one direction as one."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for payer, payee, pence in payments:
        sums[payer, payee] += pence
    return tuple(Payment(*pair, pence) for pair, pence in sorted(sums.items()))


__all__: Sequence[str] = (
    "DECAY",
    "DISPUTE_DAYS",
    "HUB",
    "Charge",
    "Settled",
    "book_lines",
    "dispute_ends",
    "next_balance",
    "settle",
)
