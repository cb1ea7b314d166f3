"""Co-ops with carers in the staff bank, invented: where they live, what they have learned, when they work and when they are free."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import cos, hypot, radians
from random import Random
from typing import Any
from uuid import UUID

from staffbank.places import WELL_KNOWN, Outcode
from staffbank.services import agreement, availability, bank, bank_policy, carers, checks, clients, rota
from staffbank.services.clients import ClientFacts
from staffbank.services.rota import NewBlock
from staffbank.times import london_moment
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door
from tenants.services.people import add_person, grant_role

Window = tuple[int, int, int]
LEVELS = {"right_to_work": "unlimited", "dbs": "enhanced_adults", "care_certificate": "16"}
SKILLS = ("medication", "hoist", "dementia", "peg", "end_of_life")
FIRST_NAMES = [
    "Aisha",
    "Ben",
    "Carys",
    "Dan",
    "Eilidh",
    "Farah",
    "Gareth",
    "Hana",
    "Imran",
    "Jess",
    "Kofi",
    "Lowri",
    "Marek",
    "Nia",
    "Owen",
    "Priya",
    "Rhys",
    "Sian",
    "Tomos",
    "Uma",
    "Vera",
    "Wyn",
    "Yusuf",
    "Zoe",
]
LAST_NAMES = [
    "Adeyemi",
    "Boyd",
    "Clarke",
    "Davies",
    "Evans",
    "Fraser",
    "Green",
    "Hughes",
    "Ito",
    "Jones",
    "Khan",
    "Lewis",
    "Mensah",
    "Nowak",
    "Owen",
    "Price",
    "Roberts",
    "Shah",
]
EARLY, LATE = (time(7), time(13)), (time(15), time(21))
OPEN_FROM, OPEN_TO = 6 * 60, 22 * 60
AGREEMENT = """1. A carer stays employed, paid and insured by the home co-op. The host says what is to be done, and keeps the carer safe.

2. The home co-op warrants right to work, DBS check, Care Certificate and each skill it publishes, and tells of every change.

3. Nobody is lent against their will, and no carer suffers for saying no.

4. The host pays by the rate card in force, for hours both sides agree to, once a month. Disputes go to the treasurers first.

5. Either co-op may end this with a month's notice. Confirmed placements are kept. The law of England and Wales applies.
"""
LENDS = 0.4
"""How likely a day off is one on which a carer is glad to work elsewhere."""
NEAR_MILES = 30
MIDDLE = WELL_KNOWN["HX1"]
"""Co-ops of the demo lie around here unless a table of outcodes has nothing near it."""


@dataclass(frozen=True)
class NewCarer:
    """A carer to be made; `skills` beside what every shift asks for."""

    email: str
    first_name: str
    last_name: str
    reference: str
    place: Outcode
    mode: str = "car"
    skills: Sequence[str] = ("medication",)
    pay_pence: int = 1340
    week: Sequence[Window] = ()
    until: date | None = None
    person: UUID | None = None
    """An account that is there already."""


@dataclass(frozen=True)
class Helper:
    """A carer of the demo: ids alone, for use in any scope."""

    id: UUID
    person: UUID
    home: UUID
    skills: frozenset[str]


@dataclass
class House:
    """A co-op of the demo with its manager, its carers and the people it cares for."""

    id: UUID
    manager: UUID
    place: Outcode
    carers: list[Helper] = field(default_factory=list)
    clients: list[UUID] = field(default_factory=list)


def hire(coop_id: UUID, new: NewCarer) -> Helper:
    """Give a carer an account and a record with checks and free times, and lend them in the bank."""
    if new.person is None:
        with at_the_door():
            person = add_person(new.email, f"{new.first_name} {new.last_name}")
            grant_role(person, coop_id, "carer")
    else:
        person = new.person
    with acting_for(coop_id):
        made = carers.add_carer(
            {
                "reference": new.reference,
                "first_name": new.first_name,
                "last_name": new.last_name,
                "born_on": date(1984, 4, 9),
                "outcode": new.place.code,
                "latitude": Decimal(str(new.place.lat)),
                "longitude": Decimal(str(new.place.lon)),
                "mode": new.mode,
                "languages": ["English"],
                "pay_pence_per_hour": new.pay_pence,
            }
        ).id
        carers.link_account(made, person)
        for kind in (*LEVELS, *new.skills):
            checks.add_check(made, _check(kind, new.until))
        availability.set_week(made, new.week)
        carers.enter_bank(made)
    return Helper(made, person, coop_id, frozenset(new.skills))


def _check(kind: str, until: date | None) -> Mapping[str, Any]:
    seen = clock.today() - timedelta(days=90)
    limited = {} if kind in ("right_to_work", "care_certificate") else {"until": until}
    asked = {"status_checked_on": seen} if kind == "dbs" else {}
    level = {"level": LEVELS[kind]} if kind in LEVELS else {}
    return {"kind": kind, "checked_on": seen, "checked_by": "Registered manager", **level, **limited, **asked}


def work(coop_id: UUID, carer_id: UUID, blocks: Sequence[tuple[datetime, datetime]], kind: str = "rota") -> None:
    """Write a carer's rota at home and publish it once."""
    with acting_for(coop_id):
        for starts_at, ends_at in blocks:
            rota.keep_block(carer_id, NewBlock(kind, starts_at, ends_at))
        bank.publish(carer_id)


def spans(days: Sequence[date], hours: tuple[time, time]) -> list[tuple[datetime, datetime]]:
    """The same hours of London's clocks on several days."""
    return [(london_moment(day, hours[0]), london_moment(day, hours[1])) for day in days]


def agree_to_lend(officer: UUID | None, signers: Iterable[tuple[UUID, UUID]]) -> None:
    """Publish the agreement where there is none, and sign it; `signers` are co-ops and who signs for each."""
    with acting_for_federation(officer):
        version = agreement.in_force()
        if version is None:
            version = agreement.publish(clock.today(), AGREEMENT, "General meeting, item 6")
        number = version.number
    for coop_id, person in signers:
        with acting_for(coop_id, person):
            if agreement.find_own_consent(number) is None:
                agreement.sign(number)


def staff(rng: Random, coop_ids: Sequence[UUID], places: Sequence[Outcode], first: date, weeks: int) -> list[House]:
    """A manager, five to seven carers and three clients for each co-op, and the carers' rota of so many weeks."""
    houses = []
    for number, coop_id in enumerate(coop_ids, start=1):
        mark = f"{clock.now():%y%m%d%H%M}-{number}"
        with at_the_door():
            manager = add_person(f"cover-{mark}@demo.example", f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}")
            grant_role(manager, coop_id, "manager")
        house = House(coop_id, manager, rng.choice(places))
        near = sorted(places, key=lambda one: miles(one, house.place))[:4]
        _take_part(house)
        for place in range(rng.randint(5, 7)):
            new, days, hours = _invented(rng, f"{mark}-{place}", rng.choice(near))
            helper = hire(coop_id, new)
            dates = [first + timedelta(days=7 * week + day) for week in range(weeks) for day in days]
            work(coop_id, helper.id, spans(dates, hours))
            house.carers.append(helper)
        with acting_for(coop_id, manager):
            for place in range(3):
                at = rng.choice(near)
                north, east = Decimal(str(at.lat)), Decimal(str(at.lon))
                facts = ClientFacts(
                    f"{rng.choice(LAST_NAMES)} {place + 1}",
                    at.code,
                    f"{place + 2} Mill Lane",
                    latitude=north,
                    longitude=east,
                )
                house.clients.append(clients.add_client(facts).id)
        houses.append(house)
    return houses


def _take_part(house: House) -> None:
    """Every co-op is registered for VAT, keeps cover to its own staff for a day, and has signed the settlement."""
    with acting_for(house.id, house.manager):
        if bank_policy.get_policy().version == 0:
            values = {"lends_as": "standard", "vat_evidence": "", "vat_registered": True, "own_first_hours": 24}
            bank_policy.save_policy({**values, "settlement_signed_on": clock.today()}, 0)


def _invented(rng: Random, mark: str, place: Outcode) -> tuple[NewCarer, list[int], tuple[time, time]]:
    days = sorted(rng.sample(range(7), 4))
    free = [(day, OPEN_FROM, OPEN_TO) for day in range(7) if day not in days and rng.random() < LENDS]
    new = NewCarer(
        f"carer-{mark}@demo.example",
        rng.choice(FIRST_NAMES),
        rng.choice(LAST_NAMES),
        f"B-{mark}",
        place,
        rng.choice(("car", "car", "car", "bus", "cycle")),
        tuple(skill for skill in SKILLS if rng.random() < 0.7),
        rng.randrange(1290, 1450, 5),
        free,
    )
    return new, days, rng.choice((EARLY, LATE))


def choose_places(table: Sequence[Outcode]) -> list[Outcode]:
    """Outcodes near each other: around the middle of the demo, or of the table where it has nothing there."""
    near = [one for one in table if miles(one, MIDDLE) <= NEAR_MILES]
    if len(near) >= 3:
        return near
    middle = sorted(table, key=lambda one: (one.lat, one.lon))[len(table) // 2]
    return sorted(table, key=lambda one: (miles(one, middle), one.code))[:20]


def miles(a: Outcode, b: Outcode) -> float:
    """About how far apart two outcodes are, as the crow flies over so small a piece of the earth that it is flat.

    >>> round(miles(WELL_KNOWN["LS1"], WELL_KNOWN["BD1"]), 1)
    8.2
    """
    north, east = a.lat - b.lat, (a.lon - b.lon) * cos(radians((a.lat + b.lat) / 2))
    return 69.1 * hypot(north, east)
