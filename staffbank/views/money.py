"""What the pages of rates and of the settlement show, to a co-op and to the office."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from staffbank.models import HoursBalance, SettlementCycle, StaffRecharge
from staffbank.pay.recharge import AREAS, RateCard
from staffbank.pay.vat import TREATMENTS, threshold_watch
from staffbank.recharge_sums import is_late
from staffbank.services import disputes, hours_account, rates, recharges, settlement
from staffbank.services.bank_policy import get_policy
from staffbank.services.disputes import owes
from staffbank.settling import dispute_ends
from staffbank.views.hours import minutes_words
from staffbank.worked_hours import month_of, next_month
from tenants import clock
from tenants.clock import LONDON
from tenants.downloads import Column
from tenants.money import format_pence
from tenants.permissions import may
from tenants.scope import FEDERATION
from tenants.services.coops import coop_names

STATES = {
    "open": ("Open", "info"),
    "statement": ("Statement sent", "warn"),
    "netted": ("Payments told", "teal"),
    "closed": ("Closed", "ok"),
}
STEPS = ("Open", "Statement", "Payments", "Closed")
MODE_WORDS = {
    "hub": "Through the federation",
    "least": "Fewest payments",
    "links": "Set-off along existing debts",
}
MODE_CHOICES = (
    ("hub", "Through the federation", "Each co-op pays once or is paid once"),
    ("least", "Fewest payments", "Directly between co-ops that have signed"),
    ("links", "Set-off", "Only along debts there are, between co-ops that have signed"),
)
LINE_STATES = {
    "posted": ("To be settled", ""),
    "disputed": ("In dispute", "bad"),
    "netted": ("Settled", "teal"),
    "paid": ("Paid", "ok"),
}
AREA_WORDS = {"urban": "town", "rural": "country", "super_rural": "remote"}
COLUMNS = (
    Column("worked_on", "Worked on", "date"),
    Column("side", "Side"),
    Column("coop", "Other co-op"),
    Column("kind", "Kind"),
    Column("minutes", "Minutes", "packs"),
    Column("net_pence", "Net (£)", "pence"),
    Column("vat_pence", "VAT (£)", "pence"),
    Column("vat", "VAT treatment"),
    Column("gross_pence", "In all (£)", "pence"),
    Column("state", "State"),
    Column("dispute", "Dispute"),
    Column("placement", "Placement"),
)


def rates_page() -> dict[str, Any]:
    """What staffbank/rates.html shows: the card in force today, those to come, and those before."""
    today, rows = clock.today(), rates.list_rows()
    known = [(card, rates.STARTING_RESOLUTION) for card in rates.starting_cards()]
    known += [(rates.read_card(row), row.resolution) for row in rows]
    now = rates.card_on(today)
    cards = [
        {**_card(card), "resolution": resolution, "now": card == now, "coming": card.starts > today}
        for card, resolution in known
    ]
    current = next(card for card in reversed(cards) if card["now"])
    return {"current": current, "others": [card for card in reversed(cards) if card is not current]}


def card_values(card: RateCard) -> dict[str, Any]:
    """A card as the boxes of the form show it, in pounds."""

    def pounds(pence: int) -> str:
        return f"{pence // 100}.{pence % 100:02d}"

    return {
        "pay_pence": pounds(card.pay[rates.GRADE]),
        **{f"travel_{area}_pence": pounds(card.travel[area]) for area in AREAS},
        "car_first_pence": pounds(card.mileage["car"][0]),
        "car_after_pence": pounds(card.mileage["car"][1]),
        "cycle_first_pence": pounds(card.mileage["cycle"][0]),
        "sleep_in_pence": pounds(card.sleep_in),
        "on_costs_percent": card.on_costs_percent,
        "margin_percent": card.margin_percent,
        "weight_unsocial": card.weights["unsocial"],
        "weight_special": card.weights["special"],
        "signed": card.signed,
    }


def months_page(identity: Any) -> dict[str, Any]:
    """What staffbank/settlement.html shows: every month; to a co-op its sums and its account of hours besides."""
    office = identity.kind == "federation"
    cycles = settlement.list_cycles()
    rows = [{**_cycle(cycle), **({} if office else _own_sums(cycle.id))} for cycle in cycles]
    loose = [] if office else [row for row in recharges.list_recharges() if row.cycle_id is None]
    names = coop_names()
    return {
        "office": office,
        "months": rows,
        "loose": [line_facts(row, names) for row in loose],
        "may_open": may("run-settlement", identity.kind, identity.roles),
        "acts": may("agree-hours", identity.kind, identity.roles),
        "modes": MODE_CHOICES,
        "suggested": _suggested(cycles),
        "watch": "" if office or get_policy().vat_registered else threshold_watch(recharges.taxable_year_pence()),
        "account": [] if office else [_balance(row) for row in hours_account.list_balances()],
    }


def month_page(cycle: SettlementCycle, identity: Any) -> dict[str, Any]:
    """What staffbank/settlement_one.html shows of a month, to a co-op or to the office."""
    names = coop_names()
    if identity.kind == "federation":
        return {
            **_cycle(cycle),
            **_office_month(cycle, names),
            "acts": may("run-settlement", identity.kind, identity.roles),
        }
    rows = recharges.list_recharges(cycle_id=cycle.id)
    parties: dict[UUID, list[StaffRecharge]] = defaultdict(list)
    for row in rows:
        parties[row.counterparty_id].append(row)
    return {
        **_cycle(cycle),
        **_own_sums(cycle.id),
        "acts": may("agree-hours", identity.kind, identity.roles),
        "parties": [
            {
                "name": names.get(str(other), ""),
                "pence": sum(signed_pence(row) for row in held),
                "lines": [line_facts(row, names) for row in held],
            }
            for other, held in sorted(parties.items(), key=lambda party: names.get(str(party[0]), ""))
        ],
        "payments": [_payment(line, names) for line in settlement.list_lines(cycle.id) if line.kind == "payment"],
    }


def line_facts(row: StaffRecharge, names: dict[str, str]) -> dict[str, Any]:
    """One line of a statement, as its own co-op reads it: above nought is owed to it."""
    words, kind = LINE_STATES[row.state]
    return {
        "id": row.id,
        "placement_id": row.placement_id,
        "worked_on": row.worked_on,
        "what": line_words(row),
        "href": f"/{'placements' if is_late(row.lines) else 'hours'}/{row.placement_id}",
        "coop": names.get(str(row.counterparty_id), ""),
        "hours_words": minutes_words(row.minutes) if row.minutes else "–",
        "pence": signed_pence(row),
        "vat_pence": row.vat_pence,
        "state_word": words,
        "state_kind": kind,
        "dispute": row.dispute,
        "may_dispute": disputes.may_dispute(row),
        "may_withdraw": row.state == "disputed" and owes(row),
        "may_give_back": row.state == "disputed" and not owes(row),
    }


def line_words(row: StaffRecharge) -> str:
    """What a line is for, from the side of its own co-op."""
    parts = ["Lent" if row.side == "home" else "Borrowed"]
    parts += ["cancelled late"] if is_late(row.lines) else []
    parts += ["adjustment"] if row.kind == "adjustment" else []
    return ", ".join(parts)


def signed_pence(row: StaffRecharge) -> int:
    """Pence owed to the co-op of this leg; below nought when it owes."""
    return row.gross_pence if row.side == "home" else -row.gross_pence


def file_rows(cycle: SettlementCycle) -> list[dict[str, Any]]:
    """A month's lines of the acting co-op as rows of COLUMNS."""
    names = coop_names()
    return [
        {
            "worked_on": row.worked_on,
            "side": "Lent" if row.side == "home" else "Borrowed",
            "coop": names.get(str(row.counterparty_id), ""),
            "kind": "late cancellation" if row.kind == "recharge" and is_late(row.lines) else row.kind,
            "minutes": row.minutes,
            "net_pence": row.net_pence,
            "vat_pence": row.vat_pence,
            "vat": TREATMENTS[row.vat_treatment].title if row.vat_treatment in TREATMENTS else row.vat_treatment,
            "gross_pence": row.gross_pence,
            "state": LINE_STATES[row.state][0],
            "dispute": row.dispute,
            "placement": str(row.placement_id),
        }
        for row in recharges.list_recharges(cycle_id=cycle.id)
    ]


def _card(card: RateCard) -> dict[str, Any]:
    hour = card.pay[rates.GRADE]
    return {
        "starts": card.starts,
        "facts": [
            ("Pay an hour", format_pence(hour)),
            ("Employer’s costs on top", f"{card.on_costs_percent:f}%"),
            ("Agreed margin", f"{card.margin_percent:f}%"),
            ("Evenings, nights and Saturdays", f"{card.weights['unsocial']:f} times"),
            ("Sundays and bank holidays", f"{card.weights['special']:f} times"),
            ("Sleep-in, a night", format_pence(card.sleep_in)),
            *((f"Travel an hour, {AREA_WORDS[area]}", format_pence(card.travel[area])) for area in AREAS),
            ("A mile by car", f"{card.mileage['car'][0]}p, after 10,000 miles {card.mileage['car'][1]}p"),
            ("A mile by bicycle", f"{card.mileage['cycle'][0]}p"),
            ("Living wage", {"": "not promised", "uk": "UK rate", "london": "London rate"}[card.signed]),
        ],
        "headline": f"{format_pence(hour)} an hour",
    }


def _cycle(cycle: SettlementCycle) -> dict[str, Any]:
    words, kind = STATES[cycle.state]
    last = cycle.dispute_until.astimezone(LONDON).date() - timedelta(days=1) if cycle.dispute_until else None
    return {
        "id": cycle.id,
        "month": cycle.month,
        "month_words": f"{cycle.month:%B %Y}",
        "state": cycle.state,
        "state_word": words,
        "state_kind": kind,
        "step": list(STATES).index(cycle.state) + (cycle.state == "closed"),
        "step_names": STEPS,
        "mode_words": MODE_WORDS[cycle.mode],
        "dispute_day": last,
        "window_open": bool(cycle.dispute_until and clock.now() < cycle.dispute_until),
        "over": clock.today() >= next_month(cycle.month),
        "would_end": dispute_ends(clock.today()),
        "algorithm": cycle.algorithm,
        "digest": cycle.input_sha256,
        "closed_at": cycle.closed_at,
    }


def _own_sums(cycle_id: UUID) -> dict[str, int]:
    rows = [row for row in recharges.list_recharges(cycle_id=cycle_id) if row.state != "disputed"]
    pence = [signed_pence(row) for row in rows]
    return {
        "owed_pence": sum(part for part in pence if part > 0),
        "owes_pence": -sum(part for part in pence if part < 0),
        "position_pence": sum(pence),
    }


def _office_month(cycle: SettlementCycle, names: dict[str, str]) -> dict[str, Any]:
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    disputed = 0
    for row in settlement.list_charges(cycle.id):
        if row.state == "disputed":
            disputed += 1
            continue
        sums[row.tenant_id][0] += row.gross_pence
        sums[row.counterparty_id][1] += row.gross_pence
    lines = settlement.list_lines(cycle.id)
    payments = [line for line in lines if line.kind == "payment" and line.pence > 0]
    return {
        "coops": [
            {"name": names.get(str(coop), ""), "owes_pence": owing, "owed_pence": owed, "position_pence": owed - owing}
            for coop, (owing, owed) in sorted(sums.items(), key=lambda row: names.get(str(row[0]), ""))
        ],
        "gross_pence": sum(owing for owing, _ in sums.values()),
        "disputed": disputed,
        "payments": [_payment(line, names) for line in payments],
        "unpaid": sum(1 for line in payments if line.paid_at is None),
        "paid_pence": sum(line.pence for line in payments),
        "balances": [
            {"name": names.get(str(row.tenant_id), ""), **_balance(row)}
            for row in hours_account.list_all_balances(cycle)
        ],
    }


def _payment(line: Any, names: dict[str, str]) -> dict[str, Any]:
    def name(tenant: UUID) -> str:
        return "The federation" if tenant == FEDERATION else names.get(str(tenant), "")

    payer, payee = (line.tenant_id, line.counterparty_id) if line.pence < 0 else (line.counterparty_id, line.tenant_id)
    return {
        "id": line.id,
        "payer": name(payer),
        "payee": name(payee),
        "pence": abs(line.pence),
        "paid_at": line.paid_at,
    }


def _balance(row: HoursBalance) -> dict[str, Any]:
    return {
        "month_words": f"{row.month:%B %Y}",
        "lent": minutes_words(row.lent_minutes),
        "borrowed": minutes_words(row.borrowed_minutes),
        "weighted_lent": minutes_words(row.weighted_lent_minutes),
        "weighted_borrowed": minutes_words(row.weighted_borrowed_minutes),
        "balance": minutes_words(row.balance_minutes),
    }


def _suggested(cycles: Sequence[SettlementCycle]) -> dict[str, Any]:
    """The month after the newest, and the way in which that was settled."""
    month = next_month(cycles[0].month) if cycles else month_of(month_of(clock.today()) - timedelta(days=1))
    return {"month": min(month, month_of(clock.today())), "mode": cycles[0].mode if cycles else "hub"}
