"""Double entry in whole pence: debit above nought, credit below, each entry adding up to nought in one book."""

from dataclasses import dataclass
from uuid import UUID

from tenants.errors import RuleBroken

ACCOUNTS = {
    "supplies": "Supplies bought",
    "irrecoverable-vat": "VAT that cannot be recovered",
    "vat-paid": "VAT charged to us",
    "due-to": "Due to others",
    "due-from": "Due from others",
    "recharge-income": "Recharged to co-ops",
    "vat-charged": "VAT charged by us",
    "agency-clearing": "Bought on behalf of co-ops",
    "suppliers": "Due to suppliers",
    "staff-borrowed": "Care workers borrowed from co-ops",
    "staff-lent": "Care workers lent to co-ops",
    "bank": "Bank account",
}
"""Every account there is, and its name in words."""


@dataclass(frozen=True)
class Line:
    """One line: an account, pence (debit above nought), and whom it is owed to or by, where it is owed."""

    account: str
    pence: int
    counterparty_id: UUID | None = None
    memo: str = ""


def check_entry(lines: list[Line]) -> None:
    """Raises: RuleBroken unless the lines are at least two, in known accounts, none nought, and add up to nought.

    >>> check_entry([Line("supplies", 500), Line("due-to", -500)])
    >>> check_entry([Line("supplies", 500), Line("due-to", -499)])
    Traceback (most recent call last):
    tenants.errors.RuleBroken: The entry does not balance: 1 pence too much on one side.
    """
    for line in lines:
        if line.account not in ACCOUNTS:
            raise RuleBroken("unknown-account", f"There is no account called {line.account}.")
        if line.pence == 0:
            raise RuleBroken("line-of-nought", "A ledger line of nought says nothing.")
    difference = sum(line.pence for line in lines)
    if difference:
        raise RuleBroken(
            "entry-does-not-balance", f"The entry does not balance: {abs(difference)} pence too much on one side."
        )
    if len(lines) < 2:
        raise RuleBroken("entry-too-short", "An entry needs at least two lines.")
