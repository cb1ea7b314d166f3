"""Calculator 5, complete: debts in, payments out, every position met exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from staffbank.net.links import settle_by_links
from staffbank.net.modes import Payment, Settled, settle_by_hub, settle_with_least
from staffbank.net.problem import HUB, Debt, put_together, read_debts
from tenants.errors import InvalidInput

MODES = {"hub": settle_by_hub, "least": settle_with_least, "links": settle_by_links}


@dataclass(frozen=True)
class Settlement:
    """Payments that meet every position; `exact` says whether they are proven best of their mode, `note` in words.

    `positions`: per co-op what is owed to it minus what it owes, in pence. `paid_pence` adds up all payments; through
    the hub a pound that one co-op pays and another receives counts twice, as two payments.
    """

    mode: str
    payments: tuple[Payment, ...]
    positions: Mapping[str, int]
    gross_pence: int
    paid_pence: int
    exact: bool
    note: str


def net(debts: Iterable[Debt], mode: str = "hub") -> Settlement:
    """Settle debts by `hub`, `least` or `links`; debts are (debtor, creditor, pence, reference).

    >>> net([Debt("ash", "elm", 900), Debt("elm", "ash", 400)], "least").payments
    (Payment(payer='ash', payee='elm', pence=500),)

    Raises: InvalidInput for an unknown mode, or a debt to oneself, of the federation itself or below nought.
    """
    if mode not in MODES:
        raise InvalidInput({"mode": f"there is no mode {str(mode)[:40]!r}; use {', '.join(MODES)}"})
    book = put_together(debts)
    settled = MODES[mode](book)
    _prove(settled, book.positions)
    paid = sum(payment.pence for payment in settled.payments)
    return Settlement(
        mode, tuple(settled.payments), book.positions, book.gross_pence, paid, settled.exact, settled.note
    )


def net_answer(csv_text: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator as the terminal, the API and the jobs call it: CSV and the option `mode` in, the answer out.

    Raises: InvalidInput by line and column, or for an unknown option.
    """
    for key in options:
        if key != "mode":
            raise InvalidInput({str(key): "unknown option; use mode"})
    debts = read_debts(csv_text)
    settlement = net(debts, options.get("mode", "hub"))
    return {
        "mode": settlement.mode,
        "exact": settlement.exact,
        "notes": [settlement.note],
        "debts": len(debts),
        "gross_pence": settlement.gross_pence,
        "paid_pence": settlement.paid_pence,
        "payments": [{"from": payer, "to": payee, "pence": pence} for payer, payee, pence in settlement.payments],
        "positions": dict(settlement.positions),
    }


def _prove(settled: Settled, positions: Mapping[str, int]) -> None:
    """Add the payments up again: money is never told to move wrongly because a solver erred."""
    left = dict(positions)
    for payer, payee, pence in settled.payments:
        left[payer] = left.get(payer, 0) + pence
        left[payee] = left.get(payee, 0) - pence
    if any(left.values()):
        raise ArithmeticError(f"a settlement of {len(settled.payments)} payments does not meet every position")


__all__ = ["HUB", "MODES", "Debt", "Payment", "Settlement", "net", "net_answer"]
