"""What cover will cost, worked out before anybody approves it: the recharge by the rate card in force, VAT, and both compared."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from staffbank import rule_book
from staffbank.models import CoverRequest, CoverShift
from staffbank.pay.recharge import Line, RateCard, Worked, card_in_force, recharge_of
from staffbank.pay.vat import TREATMENTS, Vat, VatFacts, vat_of
from staffbank.services.bank_policy import get_policy
from staffbank.services.rates import list_cards
from tenants import clock
from tenants.clock import LONDON

ASSUMED_MINUTES, ASSUMED_MILES = 20, Decimal(5)
"""The journey, one way, that an estimate reckons with before anybody is found."""
WORDS = {
    "care": "Care",
    "sleep_in": "Sleep-ins",
    "travel": "Travel time",
    "mileage": "Mileage",
    "margin": "Agreed margin",
}
BANDS = {"plain": "", "unsocial": ", evenings, nights and Saturdays", "special": ", Sundays and bank holidays"}


@dataclass(frozen=True)
class Journey:
    """A journey one way; there and back is charged."""

    minutes: int = ASSUMED_MINUTES
    miles: Decimal = ASSUMED_MILES


def estimate(request: CoverRequest, shift: CoverShift, *, minutes: int, miles: Decimal | float) -> dict[str, Any]:
    """What one carer on one shift will cost, from so many minutes and road miles away.

    Answers {lines, net_pence, vat_pence, gross_pence, vat_treatment, irrecoverable_pence, cost_pence, exempt_pence,
    rate_card_from}; `cost_pence` is what the host bears in the end, `exempt_pence` the same work as a sub-contracted
    care package. Raises: RuleBroken where no rate card holds.
    """
    lines, card = _lines(request, shift, Journey(minutes, Decimal(str(miles))), list_cards())
    return _told(lines, card, request.vat_treatment)


def estimate_all(request: CoverRequest, shifts: Sequence[CoverShift], journey: Journey | None = None) -> dict[str, Any]:
    """What a whole request will cost, every seat of it filled from a journey away; as `estimate`."""
    lines: list[Line] = []
    card: RateCard | None = None
    cards = list_cards()
    for shift in shifts:
        found, card = _lines(request, shift, journey or Journey(), cards)
        lines += found * shift.seats
    return {**_told(lines, card, request.vat_treatment), "shifts": len(shifts), "assumed": journey is None}


def _lines(
    request: CoverRequest, shift: CoverShift, journey: Journey, cards: Sequence[RateCard]
) -> tuple[list[Line], RateCard]:
    card = card_in_force(cards, shift.starts_at.astimezone(LONDON).date())
    whole = shift.starts_at, shift.ends_at
    worked = Worked(
        str(shift.id),
        *whole,
        sleep_in=whole if request.sleep_in else None,
        travel_minutes=2 * journey.minutes,
        miles=(2 * journey.miles).quantize(Decimal("0.1"), ROUND_CEILING),
    )
    return recharge_of(worked, card), card


def _told(lines: Sequence[Line], card: RateCard | None, treatment: str) -> dict[str, Any]:
    net = sum(line.pence for line in lines)
    vat, exempt = dearest_vat(net, treatment), dearest_vat(net, "exempt_welfare")
    return {
        "lines": _summed(lines),
        "net_pence": net,
        "vat_pence": vat.vat_pence,
        "gross_pence": net + vat.vat_pence,
        "vat_treatment": treatment,
        "vat_words": TREATMENTS[treatment].title,
        "irrecoverable_pence": vat.irrecoverable_pence,
        "cost_pence": vat.cost_pence,
        "exempt_pence": exempt.cost_pence,
        "rate_card_from": card.starts.isoformat() if card else None,
    }


def dearest_vat(net_pence: int, treatment: str) -> Vat:
    """VAT to the acting host at the most: the home co-op registered, and the facts a treatment needs as its name says.

    ASSUMPTION: a host cannot read what another co-op has recorded, so the dearest case is reckoned with; the recharge goes
    by the facts themselves.
    """
    recovers = Decimal(100) if get_policy().reclaims_vat else Decimal(0)
    facts = VatFacts(
        treatment,
        lender_registered=True,
        recovers_percent=recovers,
        evidence="estimate before the recharge",
        evidence_day=clock.today(),
        lender_directs_care=True,
        supplier_is_federation=True,
        nursing_role=True,
    )
    return vat_of(net_pence, facts)


def _summed(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Lines of one kind and rate as one, in the order of `WORDS`."""
    sums: dict[tuple[str, str, str, Decimal], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in lines:
        held = sums[line.kind, line.band, line.unit, line.rate]
        held[0] += line.quantity
        held[1] += line.pence
    order = list(WORDS)
    rows = []
    for (kind, band, unit, rate), (quantity, pence) in sorted(
        sums.items(), key=lambda row: (order.index(row[0][0]), row[0][1])
    ):
        what = WORDS[kind] + (BANDS.get(band, "") if kind == "care" else "")
        rows.append(
            {
                "what": what,
                "kind": kind,
                "quantity": rule_text(quantity / 60 if unit == "minutes" else quantity),
                "unit": "hours" if unit == "minutes" else unit,
                "rate_pence": rule_text(rate),
                "pence": int(pence),
            }
        )
    return rows


def rule_text(number: Decimal) -> str:
    """A number with two places at most and no idle noughts.

    >>> rule_text(Decimal("4.00")), rule_text(Decimal("17.456"))
    ('4', '17.46')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")


def road_miles(straight: float) -> Decimal:
    """Miles by road for miles as the crow flies, to a tenth, made longer on purpose.

    >>> road_miles(8.6)
    Decimal('11.2')
    """
    return Decimal(str(straight * float(rule_book.NUMBERS["circuity"].on(clock.today())))).quantize(
        Decimal("0.1"), ROUND_CEILING
    )
