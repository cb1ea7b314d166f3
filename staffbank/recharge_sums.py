"""A recharge and its adjustments as sums: what a placement costs by a card, and what is still to be charged of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from staffbank.pay.bands import PLAIN, weighted_minutes
from staffbank.pay.recharge import Line, RateCard, Worked, cancelled_of, care_minutes, recharge_of
from staffbank.pay.vat import STANDARD_RATE, VatFacts, vat_of
from tenants.money import round_half_up, vat_pence

WORDS = {
    "care": "Care",
    "sleep_in": "Sleep-in",
    "travel": "Travel time",
    "mileage": "Mileage",
    "margin": "Agreed margin",
}
BAND_WORDS = {
    "plain": "weekdays 6am to 8pm",
    "unsocial": "evenings, nights and Saturdays",
    "special": "Sundays and bank holidays",
    "urban": "town",
    "rural": "country",
    "super_rural": "remote",
    "first": "",
    "after": "beyond 10,000 miles",
}


@dataclass(frozen=True)
class Sums:
    """What is charged in one go; `lost_pence` is VAT that the host cannot recover."""

    lines: Sequence[Mapping[str, Any]]
    net_pence: int
    vat_pence: int
    lost_pence: int
    minutes: int = 0
    unsocial_minutes: int = 0
    weighted_minutes: int = 0

    @property
    def gross_pence(self) -> int:
        """What the host owes."""
        return self.net_pence + self.vat_pence

    @property
    def says_something(self) -> bool:
        """Whether there is anything to be charged or given back."""
        return bool(self.lines or self.vat_pence)


def charge_of(worked: Worked, card: RateCard, vat: VatFacts, *, late_percent: int = 0) -> Sums:
    """What a placement costs by a card, with VAT by what people have recorded. Raises: InvalidInput, RuleBroken.

    `late_percent`, above nought, is the part still owed for work that the host cancelled late; it makes no hours lent. Its
    VAT is that of the work: the terms agreed foresee the payment, so it is paid for the supply.

    Source: Revenue and Customs Brief 2 (2022), early termination fees and compensation payments.
    """
    found = _priced(worked, card, late_percent)
    tax = vat_of(sum(line.pence for line in found), vat)
    bears = tax.rate_percent > 0
    lines = _marked(
        [
            _line(line.kind, line.band, str(line.quantity), line.unit, str(line.rate), line.pence, bears)
            for line in found
        ],
        late_percent,
    )
    if late_percent:
        return Sums(lines, tax.net_pence, tax.vat_pence, tax.irrecoverable_pence)
    minutes = care_minutes(worked, card.holidays)
    return Sums(
        lines,
        tax.net_pence,
        tax.vat_pence,
        tax.irrecoverable_pence,
        sum(minutes.values()),
        sum(count for band, count in minutes.items() if band != PLAIN),
        round_half_up(weighted_minutes(minutes, card.weights)),
    )


def adjustment_of(
    worked: Worked,
    card: RateCard,
    charged: Iterable[Mapping[str, Any]],
    *,
    vat_charged: int,
    host_recovers: bool,
    late_percent: int = 0,
) -> Sums:
    """What is still to be charged, or given back, so that all comes to what the card says.

    `charged`: the lines of everything charged so far. VAT follows the recharge: at the standard rate where its lines
    bear VAT, on the new sum as a whole, so that the recharge and its adjustments add up to a new recharge to the penny.
    """
    was: dict[tuple[str, str], int] = {}
    bears = False
    for line in charged:
        key = (line["kind"], line["band"])
        was[key] = was.get(key, 0) + line["pence"]
        bears = bears or line["bears_vat"]
    found = _priced(worked, card, late_percent)
    now = {(line.kind, line.band): line.pence for line in found}
    lines = [
        _line(*key, "", "", "", now.get(key, 0) - was.get(key, 0), bears)
        for key in [*was, *(key for key in now if key not in was)]
        if now.get(key, 0) != was.get(key, 0)
    ]
    tax = (vat_pence(sum(now.values()), STANDARD_RATE) if bears else 0) - vat_charged
    net = sum(line["pence"] for line in lines)
    return Sums(_marked(lines, late_percent), net, tax, 0 if host_recovers else tax)


def credit_of(charged: Iterable[Mapping[str, Any]], *, vat_charged: int, host_recovers: bool) -> Sums:
    """What gives back everything that was charged.

    >>> care = {"kind": "care", "band": "plain", "pence": 1000, "bears_vat": True}
    >>> given = credit_of([care], vat_charged=200, host_recovers=False)
    >>> given.gross_pence, given.lost_pence
    (-1200, -200)
    """
    lines = [
        line
        for was in charged
        if was["pence"]
        for line in _marked(
            [_line(was["kind"], was["band"], "", "", "", -was["pence"], was["bears_vat"])], was.get("late_percent", 0)
        )
    ]
    net = sum(line["pence"] for line in lines)
    return Sums(lines, net, -vat_charged, 0 if host_recovers else -vat_charged)


def vat_facts(
    treatment: str, lender: Any, host: Any, *, agreed_on: Any, margin_percent: Decimal = Decimal(0)
) -> VatFacts:
    """The VAT facts of a placement from what both co-ops have recorded; a fact that nobody has recorded counts as no.

    `lender` and `host` are bank policies. A treatment other than the standard one needs the lender to lend so, with
    its evidence; a loan from member to member is never a supply of the federation.
    """
    lends_so = treatment == lender.lends_as
    return VatFacts(
        treatment,
        lender_registered=lender.vat_registered,
        recovers_percent=Decimal(100) if host.reclaims_vat else Decimal(0),
        evidence=lender.vat_evidence if lends_so else "",
        evidence_day=agreed_on,
        lender_directs_care=lends_so,
        supplier_is_federation=False,
        margin_pence=1 if margin_percent else 0,
        nursing_role=lends_so,
    )


def _priced(worked: Worked, card: RateCard, late_percent: int) -> list[Line]:
    return cancelled_of(worked, card, late_percent) if late_percent else recharge_of(worked, card)


def _marked(lines: list[dict[str, Any]], late_percent: int) -> list[dict[str, Any]]:
    """Lines of a late cancellation say so, and how much of the hours is still owed."""
    if not late_percent:
        return lines
    return [
        {**line, "what": f"{line['what']}: cancelled late, {late_percent} %", "late_percent": late_percent}
        for line in lines
    ]


def is_late(lines: Iterable[Mapping[str, Any]]) -> bool:
    """Whether lines are what is still owed for work that was cancelled late, and not for hours worked."""
    return any("late_percent" in line for line in lines)


def _line(kind: str, band: str, quantity: str, unit: str, rate: str, pence: int, bears_vat: bool) -> dict[str, Any]:
    band_words = BAND_WORDS.get(band, band)
    return {
        "what": f"{WORDS[kind]}, {band_words}" if band_words else WORDS[kind],
        "kind": kind,
        "band": band,
        "quantity": quantity,
        "unit": unit,
        "rate_pence": rate,
        "pence": pence,
        "bears_vat": bears_vat,
    }
