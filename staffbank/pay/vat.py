"""VAT on lending a carer: six treatments, chosen by people with evidence and never inferred, and what each really costs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tenants.errors import InvalidInput, RuleBroken
from tenants.money import format_pence, round_half_up, vat_pence

STANDARD_RATE = Decimal(20)
THRESHOLD_PENCE = 90_000_00
"""Taxable turnover of twelve months above which a co-op must register; from 1 April 2024."""
WATCH_PERCENT = 80


@dataclass(frozen=True)
class Treatment:
    """A VAT treatment: what it is called, what it means, and its source."""

    key: str
    title: str
    words: str
    source: str


TREATMENTS = {
    one.key: one
    for one in (
        Treatment(
            "standard",
            "Supply of staff, standard-rated",
            "The host directs the carer, so the home co-op supplies staff: 20% VAT if it is registered.",
            "HMRC VATWELF5000; VAT Notice 701/2, section 5",
        ),
        Treatment(
            "exempt_welfare",
            "Exempt welfare service",
            "The home co-op gives the care under its own direction and registration; no VAT.",
            "VAT Act 1994, schedule 9, group 7, item 9",
        ),
        Treatment(
            "csg_exempt",
            "Exempt cost-sharing group",
            "The federation supplies its members at exact cost; a loan from member to member does not qualify.",
            "VAT Act 1994, schedule 9, group 16",
        ),
        Treatment(
            "joint_employment",
            "Joint employment, no supply",
            "Both co-ops employ the carer under one contract, so neither supplies the other.",
            "VAT Notice 700/34, on joint contracts of employment",
        ),
        Treatment(
            "outside_scope",
            "Outside the scope of VAT",
            "There is no supply in the course of business; an adviser has said why.",
            "VAT Act 1994, section 4",
        ),
        Treatment(
            "concession",
            "Nursing agencies' concession",
            "Only for nurses and nursing auxiliaries under the conditions of the notice; home carers rarely qualify.",
            "VAT Notice 701/57, paragraph 6.6",
        ),
    )
}


@dataclass(frozen=True)
class VatFacts:
    """What people have recorded about one placement; None where nobody has, which is never filled in by guessing.

    `recovers_percent`: the part of its VAT that the host recovers; co-ops with only exempt income recover none.
    """

    treatment: str | None
    lender_registered: bool
    recovers_percent: Decimal | None
    evidence: str = ""
    evidence_day: date | None = None
    lender_directs_care: bool | None = None
    supplier_is_federation: bool | None = None
    margin_pence: int = 0
    nursing_role: bool | None = None


@dataclass(frozen=True)
class Vat:
    """VAT of one recharge in pence; `cost_pence` is what it costs the host in the end: net and what it cannot recover."""

    treatment: str
    net_pence: int
    rate_percent: Decimal
    vat_pence: int
    recovered_pence: int
    irrecoverable_pence: int
    cost_pence: int
    taxable_pence: int
    words: str


def vat_of(net_pence: int, facts: VatFacts) -> Vat:
    """VAT on a recharge by the treatment that people have recorded; call it once per recharge, on the sum of its lines.

    >>> facts = VatFacts("standard", lender_registered=True, recovers_percent=Decimal(0))
    >>> vat_of(100_00, facts).irrecoverable_pence, vat_of(100_00, facts).cost_pence
    (2000, 12000)

    Raises: InvalidInput for what nobody has recorded yet; RuleBroken where what is recorded rules the treatment out.

    Source: as each treatment names; HMRC VAT Notice 700, section 17.5, for rounding.
    """
    _check_recorded(facts)
    treatment = TREATMENTS[str(facts.treatment)]
    _check_allowed(treatment, facts)
    recovers = facts.recovers_percent or Decimal(0)
    taxable = net_pence if treatment.key == "standard" else 0
    rate = STANDARD_RATE if taxable and facts.lender_registered else Decimal(0)
    vat = vat_pence(net_pence, rate)
    recovered = round_half_up(Fraction(vat) * Fraction(recovers) / 100)
    lost = vat - recovered
    words = treatment.words
    if treatment.key == "standard" and not facts.lender_registered:
        words = (
            "A taxable supply of staff by a co-op that is not registered: no VAT now, but it counts to the threshold."
        )
    elif lost:
        words += f" The host cannot recover {format_pence(lost)} of {format_pence(vat)}."
    return Vat(treatment.key, net_pence, rate, vat, recovered, lost, net_pence + lost, taxable, words)


def threshold_watch(taxable_pence: int) -> str:
    """Words for a co-op that is not registered, about its taxable turnover of the last twelve months; "" while it is low.

    >>> threshold_watch(71_999_99), threshold_watch(72_000_00)[:28]
    ('', 'The taxable turnover of the ')

    Source: VAT Act 1994, schedule 1; the threshold is £90,000 from 1 April 2024.
    """
    if taxable_pence * 100 < THRESHOLD_PENCE * WATCH_PERCENT:
        return ""
    told = f"The taxable turnover of the last twelve months is {format_pence(taxable_pence)}"
    if taxable_pence > THRESHOLD_PENCE:
        return f"{told}, above {format_pence(THRESHOLD_PENCE)}: the co-op must tell HMRC within 30 days of the month's end."
    return f"{told}; above {format_pence(THRESHOLD_PENCE)} the co-op must register for VAT."


def _check_recorded(facts: VatFacts) -> None:
    errors: dict[str, str] = {}
    if facts.treatment not in TREATMENTS:
        errors["treatment"] = f"Choose how VAT is treated: {', '.join(TREATMENTS)}; it is never guessed"
    if facts.recovers_percent is None or not 0 <= facts.recovers_percent <= 100:
        errors["recovers_percent"] = "Enter how much of its VAT the host recovers, 0 to 100 percent"
    if facts.treatment != "standard" and (not facts.evidence.strip() or facts.evidence_day is None):
        errors["evidence"] = "Say what shows that this treatment is right, and of which day it is"
    needed = {
        "exempt_welfare": ("lender_directs_care", facts.lender_directs_care),
        "csg_exempt": ("supplier_is_federation", facts.supplier_is_federation),
        "concession": ("nursing_role", facts.nursing_role),
    }
    key, value = needed.get(str(facts.treatment), ("", True))
    if value is None:
        errors[key] = "Say yes or no: the treatment depends on it"
    if errors:
        raise InvalidInput(errors)


def _check_allowed(treatment: Treatment, facts: VatFacts) -> None:
    why = ""
    if treatment.key == "exempt_welfare" and not facts.lender_directs_care:
        why = "The host directs the care, so this is a supply of staff and not of care."
    elif treatment.key == "csg_exempt" and not facts.supplier_is_federation:
        why = "A member lends to a member; a cost-sharing group itself must make the supply."
    elif treatment.key == "csg_exempt" and facts.margin_pence:
        why = f"A cost-sharing group charges exact cost, and there is a margin of {format_pence(facts.margin_pence)}."
    elif treatment.key == "concession" and not facts.nursing_role:
        why = "The carer is neither a nurse nor a nursing auxiliary under the conditions of the notice."
    elif treatment.key == "joint_employment" and facts.margin_pence:
        why = "Joint employers share what the carer costs; a margin would be a charge for a supply."
    if why:
        raise RuleBroken("vat-treatment-ruled-out", f"{treatment.title} cannot be used. {why}", treatment=treatment.key)
