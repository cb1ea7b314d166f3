"""The staff bank of the world: A's carers, clients, cover and hours, full of markers, and B's own beside them.

Rows are written as they stand, each in the scope of whom they belong to, so that every state can be had without its history.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from staffbank.models import (
    BankEntry,
    Bar,
    CalendarKey,
    Carer,
    CarerCheck,
    Client,
    CoverRequest,
    CoverShift,
    DayWindow,
    Framework,
    FrameworkConsent,
    HoursBalance,
    MatchRefusal,
    MatchReplay,
    MatchRun,
    Placement,
    RateCard,
    RotaFeed,
    RotaImport,
    Schedule,
    SettlementCycle,
    SettlementLine,
    StaffRecharge,
    Timesheet,
    TimesheetWord,
    WeeklyWindow,
    WorkBlock,
)
from staffbank.services import bank
from staffbank.services.rates import starting_cards, write_card
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tests.house.marks import Markers

Ids = dict[str, list[str]]
PLACE: dict[str, Any] = {"outcode": "LS1", "latitude": Decimal("53.80"), "longitude": Decimal("-1.55")}
MONTH = date(2026, 1, 1)


def make_side(coop: UUID, manager: UUID, person: UUID, markers: Markers) -> tuple[Ids, Ids]:
    """What a co-op has of its own, by kind of id: what is private, and what it has published to the office besides."""
    with acting_for(coop, manager):
        private, carer, client = _people(coop, person, markers)
        published, request, shifts = _cover(coop, manager, carer, client, markers)
    with at_the_door():
        key = uuid4().hex * 2
        db.session.add(
            CalendarKey(token_hash=key, person_id=manager, tenant_id=coop, kind="home", created_at=clock.now())
        )
    private["calendar"] = [key]
    with acting_for_federation():
        published["run"] = [str(_run(coop, request, shifts, markers))]
    return private, published


def _people(coop: UUID, person: UUID, markers: Markers) -> tuple[Ids, UUID, UUID]:
    now = clock.now()
    carer = _add(
        Carer(
            tenant_id=coop,
            person_id=person,
            reference=markers.secret,
            first_name=markers.published,
            last_name=markers.secret,
            born_on=date(1980, 1, 1),
            languages=["English"],
            pay_pence_per_hour=1350,
            in_bank=True,
            **PLACE,
        )
    )
    check = _add(
        CarerCheck(
            tenant_id=coop,
            carer_id=carer.id,
            kind="dbs",
            level="enhanced_adults",
            standard=markers.secret,
            checked_on=now.date(),
            checked_by=markers.secret,
        )
    )
    soon = {"starts_at": now + timedelta(days=90), "ends_at": now + timedelta(days=90, hours=4)}
    block = _add(WorkBlock(tenant_id=coop, carer_id=carer.id, words=markers.secret, **soon))
    leave = _add(WorkBlock(tenant_id=coop, carer_id=carer.id, kind="leave", words=markers.secret, **soon))
    _add(WeeklyWindow(tenant_id=coop, carer_id=carer.id, weekday=0, from_minute=0, to_minute=1))
    day = _add(DayWindow(tenant_id=coop, carer_id=carer.id, free=False, **soon))
    feed = _add(RotaFeed(tenant_id=coop, carer_id=carer.id, url=f"https://rota.example/{markers.secret}.ics"))
    errors = [{"row": 2, "column": "start", "text": markers.secret}]
    batch = _add(RotaImport(tenant_id=coop, file_name=f"{markers.secret}.csv", rows=[], errors=errors))
    client = _add(Client(tenant_id=coop, name=markers.secret, address=markers.secret, notes=markers.secret, **PLACE))
    entry = _add(
        BankEntry(
            tenant_id=coop,
            carer_id=carer.id,
            person_id=person,
            first_name=markers.published,
            mode="car",
            tags={"dbs": None},
            free=[],
            busy=[],
            hours_17_weeks=Decimal(0),
            sponsored=False,
            warranty=[bank.warranty_line(check) | {"standard": "", "checked_by_role": markers.published}],
            published_at=now,
            **PLACE,
        )
    )
    _add(Bar(tenant_id=coop, carer_id=carer.id, client_key=client.id))
    ids = {
        "carer": carer.id,
        "check": check.id,
        "block": block.id,
        "leave": leave.id,
        "day": day.id,
        "feed": feed.id,
        "rota_import": batch.id,
        "client": client.id,
    }
    assert entry.carer_id == carer.id
    return {kind: [str(one)] for kind, one in ids.items()}, carer.id, client.id


def _cover(coop: UUID, manager: UUID, carer: UUID, client: UUID, markers: Markers) -> tuple[Ids, UUID, list[UUID]]:
    now = clock.now()
    request = _add(
        CoverRequest(
            tenant_id=coop,
            number=1,
            state="shared",
            reason="sickness",
            needs=["medication"],
            client_key=client,
            absent_carer_id=carer,
            own_staff_until=now,
            overrides=[{"rule": "breaks", "reason": markers.published, "by": str(manager), "at": now.isoformat()}],
            asked_by=manager,
            approved_by=manager,
            approved_at=now,
            **PLACE,
        )
    )
    draft = _add(CoverRequest(tenant_id=coop, number=2, reason="leave", own_staff_until=now, **PLACE))
    shifts = [
        _add(
            CoverShift(
                tenant_id=coop,
                request_id=of.id,
                starts_at=now + timedelta(days=days),
                ends_at=now + timedelta(days=days, hours=4),
            )
        ).id
        for of, days in ((request, 3), (request, 4), (draft, 20))
    ]
    return {"request": [str(request.id), str(draft.id)], "shift": [str(shifts[0])]}, request.id, shifts[:2]


def _run(coop: UUID, request: UUID, shifts: list[UUID], markers: Markers) -> UUID:
    """A search that found nobody, with a marker in what it says."""
    run = _add(
        MatchRun(
            tenant_id=coop,
            request_id=request,
            state="done",
            looked_at=5,
            coops=3,
            ranked={str(shift): [] for shift in shifts},
            turned_away={str(shift): {"available": 4} for shift in shifts},
            fixes={str(shifts[0]): {"kind": "window", "words": markers.published}},
            levels=[],
            seconds=Decimal("0.1"),
            input_sha256="0" * 64,
        )
    )
    _add(MatchReplay(run_id=run.id, problem={"shifts": []}, answer={}))
    return run.id


def make_between(host: UUID, home: UUID, carer: Mapping[str, UUID], markers: Markers, days: int, state: str) -> Ids:
    """A placement of a home co-op's carer at a host, with hours, words, recharge, schedule and settlement; ids by kind.

    `carer`: its id and person. In the office's scope: both legs of everything.
    """
    placement, start = uuid4(), clock.now() + timedelta(days=days)
    request, shift, recharge, act = (uuid4() for _ in range(4))
    for tenant, side, other in ((host, "host", home), (home, "home", host)):
        leg: dict[str, Any] = {"tenant_id": tenant, "side": side, "counterparty_id": other}
        _add(
            Placement(
                id=placement,
                request_id=request,
                request_number=3,
                shift_id=shift,
                seat=1,
                carer_id=carer["id"],
                person_id=carer["person"],
                carer_name=markers.published,
                state=state,
                starts_at=start,
                ends_at=start + timedelta(hours=4),
                outcode="LS1",
                risk=3,
                minutes_away=12,
                miles=Decimal(4),
                vat_treatment="standard",
                terms={"framework": {"number": 1, "sha256": "0" * 64}, "words": markers.published},
                terms_hash="0" * 64,
                own={"words": markers.published},
                words=markers.published,
                expires_at=start,
                **leg,
            )
        )
        _add(
            Schedule(
                placement_id=placement, side=side, tenant_id=tenant, pdf=markers.published.encode(), sha256="0" * 64
            )
        )
        if state != "worked":
            continue
        _add(Timesheet(placement_id=placement, state="sent", claimed=_hours(start), **leg))
        word = {
            "id": act,
            "placement_id": placement,
            "by_tenant_id": host,
            "by_words": "host",
            "words": markers.published,
        }
        _add(TimesheetWord(tenant_id=tenant, side=side, **word))
        _add(
            StaffRecharge(
                id=recharge,
                placement_id=placement,
                month=MONTH,
                worked_on=start.date(),
                minutes=240,
                unsocial_minutes=0,
                weighted_minutes=240,
                lines=[
                    {
                        "what": markers.published,
                        "quantity": "4",
                        "unit": "hour",
                        "rate_pence": "1800",
                        "pence": 7200,
                        "bears_vat": True,
                    }
                ],
                net_pence=7200,
                vat_pence=1440,
                gross_pence=8640,
                vat_treatment="standard",
                rate_card_from=MONTH,
                dispute=markers.published,
                act_id=act,
                **leg,
            )
        )
    return (
        {"placement": [str(placement)], "recharge": [str(recharge)]}
        if state == "worked"
        else {"placement": [str(placement)]}
    )


def _hours(start: Any) -> dict[str, Any]:
    return {
        "start": start.isoformat(),
        "end": (start + timedelta(hours=4)).isoformat(),
        "break_minutes": 0,
        "awake_minutes": 0,
        "travel_minutes": 0,
        "miles": "0",
    }


def make_federation(coops: list[UUID], signer: UUID, refused: tuple[UUID, UUID, UUID]) -> Ids:
    """A month's statement with a line for each co-op and a payment to the first by the third, the agreement and a rate card.

    `refused`: home, carer and run of a refusal.
    """
    with acting_for_federation():
        cycle = _add(SettlementCycle(month=MONTH, state="statement", dispute_until=clock.now() + timedelta(days=5)))
        _add(
            Framework(
                number=1, in_force_from=MONTH, body="We lend each other carers.", hash="0" * 64, resolution="Item 4"
            )
        )
        card = _add(RateCard(from_date=MONTH, card=write_card(starting_cards()[1]), resolution="Item 5"))
        for number, coop in enumerate(coops):
            line = {"cycle_id": cycle.id, "kind": "position", "pence": 48_611 * (number + 1)}
            _add(SettlementLine(tenant_id=coop, id=uuid4(), **line))
            minutes = dict.fromkeys(("lent_minutes", "borrowed_minutes", "weighted_lent_minutes"), 60)
            _add(HoursBalance(tenant_id=coop, month=MONTH, weighted_borrowed_minutes=60, balance_minutes=0, **minutes))
        payment = uuid4()
        for coop, other, pence in ((coops[0], coops[2], 48_611), (coops[2], coops[0], -48_611)):
            line = {"cycle_id": cycle.id, "kind": "payment", "counterparty_id": other, "pence": pence}
            _add(SettlementLine(tenant_id=coop, id=payment, **line))
        home, carer, run = refused
        _add(MatchRefusal(tenant_id=home, run_id=run, carer_id=carer, shift_id=uuid4(), rule="rest", number="14.5"))
        ids = {"cycle": [str(cycle.id)], "card": [str(card.id)], "framework": ["1"], "line": [str(payment)]}
    with acting_for(coops[0], signer):
        _add(FrameworkConsent(tenant_id=coops[0], framework_number=1, signed_on=MONTH, signed_by=signer))
    return ids


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
