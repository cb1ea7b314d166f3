"""The federation a visitor finds after the first `./fed up`: invented, small, in the middle of its work.

Everything is done by the services, in the scopes of the people concerned, as it would be done by hand.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask

from federation.demo import small_assembly, small_bank
from federation.demo.running import order_round
from federation.demo.small_bank import Scene
from federation.demo.staffing import Helper
from procurement.services import catalogue, demand, rounds, suppliers
from procurement.services.rounds import RoundPlan
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door
from tenants.scope import FEDERATION
from tenants.services.addresses import set_address
from tenants.services.coops import NewCoop, Size, add_coop, found_federation
from tenants.services.people import add_person, grant_role
from tenants.settings import set_setting

NAME = "Hedgerow Care Federation"
COOPS = (
    ("Harbour Care", 212, 94, 2300, "LA14"),
    ("Fellside", 148, 61, 1650, "LA9"),
    ("Brightwater", 126, 52, 1400, "CA11"),
    ("Moss Lane", 96, 40, 1100, "PR7"),
    ("Glan Afon", 81, 33, 900, "LL57"),
    ("Oakhurst", 64, 26, 700, "BB7"),
    ("Saltmarsh", 38, 17, 450, "LA3"),
    ("Tyneholm", 23, 11, 300, "NE48"),
)
"""Name, members, staff, care hours a week, outcode."""
PEOPLE = (
    ("officer@hedgerow.example", "Frances Oyelaran", None, "officer"),
    ("treasurer@hedgerow.example", "Idris Pugh", None, "treasurer"),
    ("manager@harbourcare.example", "Hannah Mistry", "Harbour Care", "manager"),
    ("manager@fellside.example", "Tom Airey", "Fellside", "manager"),
    ("manager@saltmarsh.example", "Sue Carr", "Saltmarsh", "manager"),
    ("carer@fellside.example", "Ceri Walsh", "Fellside", "carer"),
    ("delegate@harbourcare.example", "Hugh Delaney", "Harbour Care", "delegate"),
    ("treasurer@harbourcare.example", "Ola Nowak", "Harbour Care", "treasurer"),
    ("alternate@harbourcare.example", "Beth Rawling", "Harbour Care", "delegate"),
    ("delegate@fellside.example", "Olu Adebayo", "Fellside", "delegate"),
    ("delegate@brightwater.example", "Moira Kirkbride", "Brightwater", "delegate"),
    ("delegate@mosslane.example", "Gwen Harries", "Moss Lane", "delegate"),
    ("delegate@glanafon.example", "Eleri Parry", "Glan Afon", "delegate"),
    ("delegate@oakhurst.example", "Shaun Bright", "Oakhurst", "delegate"),
    ("delegate@saltmarsh.example", "Irena Kowal", "Saltmarsh", "delegate"),
    ("delegate@tyneholm.example", "Jock Telfer", "Tyneholm", "delegate"),
)
ITEMS = (
    ("GLV-M", "Nitrile gloves, medium", "Box of 100", 10, "18424300", "EN 455", "20", "650"),
    ("GLV-L", "Nitrile gloves, large", "Box of 100", 10, "18424300", "EN 455", "20", "650"),
    ("APR", "Aprons", "Roll of 200", 5, "33199000", "EN 14126", "20", "790"),
    ("MSK", "Type IIR masks", "Box of 50", 40, "33199000", "EN 14683", "20", "520"),
    ("GEL", "Hand gel, 500 ml", "Case of 12", 1, "33741300", "EN 1500", "20", "3990"),
    ("WIP", "Disinfectant wipes", "Case of 6 tubs", 1, "33700000", "EN 16615", "20", "2650"),
    ("BIN", "Bin liners, clinical", "Roll of 50", 20, "19640000", "", "20", "520"),
    ("SPR", "Surface spray, 750 ml", "Case of 6", 1, "39831200", "EN 1276", "20", "2190"),
)
SUPPLIERS: tuple[tuple[Mapping[str, Any], Mapping[str, tuple[tuple[int, ...], tuple[str, ...]]]], ...] = (
    (
        {
            "code": "NORTH",
            "name": "Northgate Medical",
            "delivery_pence": 4500,
            "free_delivery_from_pence": 250_000,
            "minimum_order_pence": 10_000,
            "lead_days": 6,
        },
        {
            "GLV-M": ((0, 300, 600, 900), ("402", "358", "330", "314")),
            "GLV-L": ((0, 300, 500), ("402", "352", "330")),
            "MSK": ((0, 200), ("318", "294")),
            "APR": ((0, 400), ("455", "430")),
        },
    ),
    (
        {
            "code": "CALDER",
            "name": "Calder Supplies",
            "delivery_pence": 4500,
            "free_delivery_from_pence": 300_000,
            "minimum_order_pence": 7_500,
            "lead_days": 7,
        },
        {
            "APR": ((0, 150, 300), ("496", "448", "418")),
            "WIP": ((0, 120), ("1390", "1290")),
            "BIN": ((0, 200), ("295", "270")),
            "SPR": ((0, 40), ("1160", "1090")),
        },
    ),
    (
        {
            "code": "WEST",
            "name": "Westbrook Hygiene",
            "delivery_pence": 3900,
            "free_delivery_from_pence": 200_000,
            "minimum_order_pence": 10_000,
            "lead_days": 6,
        },
        {
            "MSK": ((0, 200, 400), ("312", "288", "265")),
            "GEL": ((0, 50, 100), ("2310", "2140", "1980")),
            "WIP": ((0, 150), ("1475", "1345")),
            "SPR": ((0, 60), ("1210", "1075")),
        },
    ),
    (
        {
            "code": "ANCHOR",
            "name": "Anchor Direct",
            "delivery_pence": 2500,
            "minimum_order_pence": 5_000,
            "lead_days": 3,
        },
        {
            "GLV-M": ((0, 200), ("389", "362")),
            "APR": ((0, 100), ("489", "461")),
            "GEL": ((0,), ("2290",)),
            "BIN": ((0, 100), ("310", "288")),
        },
    ),
    (
        {
            "code": "DALES",
            "name": "Dales Wholesale",
            "delivery_pence": 6000,
            "free_delivery_from_pence": 400_000,
            "minimum_order_pence": 25_000,
            "lead_days": 10,
            "tier_basis": "order_packs",
            "order_tiers": [0, 500, 1500],
        },
        {
            "GLV-M": ((), ("396", "349", "327")),
            "GLV-L": ((), ("396", "349", "327")),
            "MSK": ((), ("309", "291", "278")),
            "BIN": ((), ("299", "284", "262")),
        },
    ),
)


def fill(app: Flask) -> None:
    """Make the federation, its people, its prices, a round that is done and one that is open."""
    with app.app_context():
        start = clock.now()
        with clock.stopped_at(small_bank.start_of(start)):
            coops = _found()
            people = _invite(coops)
            scene = _scene(coops, people)
            small_bank.settle_a_month(scene)
        with clock.stopped_at(start - timedelta(days=small_assembly.DAYS)):
            small_assembly.hold(scene.coops, people, scene.managers, coops["officer"])
        with clock.stopped_at(start - timedelta(days=34)):
            items = _stock()
            first = _open_round("Autumn PPE", list(items.values())[:6], days=10, deliver=20)
            _answer(first, coops, items, ("GLV-M", "GLV-L", "APR", "MSK", "GEL", "WIP"), last=8)
        with clock.stopped_at(start - timedelta(days=24)):
            with acting_for_federation(coops["officer"]):
                rounds.close_round(first)
            order_round(first, coops["officer"], "Least cost, and all have delivered on time before.")
        second = _open_round("Winter PPE", list(items.values()), days=5, deliver=15)
        _answer(second, coops, items, tuple(items), last=6)
        small_bank.cover_this_week(scene)


def _found() -> dict[str, UUID]:
    ids: dict[str, UUID] = {}
    with acting_for_federation():
        found_federation(NAME)
        for name, members, staff, hours, outcode in COOPS:
            size = Size(
                members=members,
                staff=staff,
                care_hours_week=hours,
                turnover_pence=staff * 2_450_000,
                source="invented for the demo",
                as_of=min(date(2026, 3, 31), clock.today()),
            )
            ids[name] = add_coop(NewCoop(name, clock.today() - timedelta(days=900 - 40 * len(ids)), outcode, size=size))
        set_setting("share_rule", "equal_percent", clock.today(), "General meeting, 3 March 2026, item 4")
    for name, *_, outcode in COOPS:
        with acting_for(ids[name]):
            set_address(f"{name}, 1 Station Road", f"{outcode} 1AA", "Ring the bell at the side door")
    return ids


def _scene(coops: Mapping[str, UUID], people: Mapping[str, UUID]) -> Scene:
    """Who plays in the staff bank; Hannah Mistry manages two co-ops."""
    managers = {coop: people[email] for email, _, coop, role in PEOPLE if coop and role == "manager"}
    managers["Brightwater"] = managers["Harbour Care"]
    own = {name: coop for name, coop in coops.items() if name != "officer"}
    ceri = Helper(UUID(int=0), people["carer@fellside.example"], coops["Fellside"], frozenset())
    return Scene(own, managers, coops["officer"], {"Ceri": ceri}, {})


def _invite(coops: dict[str, UUID]) -> dict[str, UUID]:
    """People by address."""
    people: dict[str, UUID] = {}
    with at_the_door():
        for email, name, coop, role in PEOPLE:
            person = people[email] = add_person(email, name)
            grant_role(person, coops[coop] if coop else FEDERATION, role)
            if role == "officer":
                coops["officer"] = person
            if email == "manager@harbourcare.example":
                grant_role(person, coops["Brightwater"], "manager")
    return people


def _stock() -> dict[str, UUID]:
    items: dict[str, UUID] = {}
    until = clock.today() + timedelta(days=234)
    with acting_for_federation():
        for code, name, unit, box, cpv, standard, rate, retail in ITEMS:
            items[code] = catalogue.add_item(
                {
                    "code": code,
                    "name": name,
                    "unit": unit,
                    "packs_per_box": box,
                    "cpv": cpv,
                    "standard": standard or None,
                    "vat_rate_percent": Decimal(rate),
                    "retail_pence": Decimal(retail),
                }
            ).id
        for terms, prices in SUPPLIERS:
            supplier = suppliers.add_supplier(dict(terms))
            for code, (bounds, pence) in prices.items():
                suppliers.add_offer(
                    {
                        "supplier_id": supplier.id,
                        "item_id": items[code],
                        "mode": "all_units",
                        "tiers": list(bounds) or None,
                        "pence_per_pack": [Decimal(price) for price in pence],
                        "minimum_packs": 1,
                        "multiple_packs": 1,
                        "capacity_packs": None,
                        "quality": Decimal(1),
                        "valid_from": clock.today() - timedelta(days=60),
                        "valid_to": until,
                    }
                )
    return items


def _open_round(title: str, items: list[UUID], days: int, deliver: int) -> UUID:
    closes = (
        (clock.now() + timedelta(days=days))
        .astimezone(clock.LONDON)
        .replace(hour=9, minute=30, second=0, microsecond=0)
    )
    with acting_for_federation():
        made = rounds.draft_round(RoundPlan(title, closes, closes.date() + timedelta(days=deliver), items))
        rounds.open_round(made.id)
        return made.id


def _answer(round_id: UUID, coops: dict[str, UUID], items: dict[str, UUID], codes: tuple[str, ...], last: int) -> None:
    """Each co-op needs in proportion to its staff; the last ones have not answered yet."""
    rate = {"GLV-M": 2.6, "GLV-L": 1.6, "APR": 0.9, "MSK": 1.25, "GEL": 0.2, "WIP": 0.33, "BIN": 0.5, "SPR": 0.11}
    for place, (name, _, staff, _, _) in enumerate(COOPS[:last]):
        packs = {
            items[code]: max(1, round(staff * rate[code] * (1 + ((place * 7 + number * 5 + last) % 9 - 4) / 25)))
            for number, code in enumerate(codes)
            if (place + number) % 7 != 6
        }
        with acting_for(coops[name]):
            demand.save_demand(round_id, packs, "Two new clients with double-handed care." if place == 1 else "")
