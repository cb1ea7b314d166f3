"""The staff bank a visitor finds: carers of four co-ops, a month that is settled, cover worked, agreed, offered and open.

Everything is done by the services, in the scopes of the people concerned, as it would be done by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from federation.demo import covering
from federation.demo.covering import Candidate, Wanted
from federation.demo.staffing import Helper, NewCarer, agree_to_lend, hire, spans, work
from staffbank.places import Outcode
from staffbank.services import bank_policy, clients, cover_acts
from staffbank.services.clients import ClientFacts
from staffbank.services.outcodes import take_in_outcodes
from staffbank.services.requests import NewRequest
from staffbank.services.shifts import ShiftPlan
from tenants import clock
from tenants.db import acting_for, acting_for_federation

PLACES = {
    one.code: one
    for one in (
        Outcode("LA14", 54.11, -3.23, "Barrow-in-Furness"),
        Outcode("LA12", 54.20, -3.09, "Ulverston"),
        Outcode("LA9", 54.33, -2.74, "Kendal"),
        Outcode("LA23", 54.38, -2.90, "Windermere"),
        Outcode("LA3", 54.06, -2.88, "Morecambe"),
        Outcode("CA10", 54.55, -2.68, "Shap"),
        Outcode("CA11", 54.66, -2.75, "Penrith"),
    )
}
EVERY_DAY = tuple((weekday, 7 * 60, 22 * 60) for weekday in range(7))
BOTH, ALL = ("medication", "hoist"), ("medication", "hoist", "dementia", "peg")
CARERS = (
    ("Fellside", "Ceri", "Walsh", "LA9", ALL, "carer@fellside.example"),
    ("Fellside", "Mina", "Lowther", "LA23", BOTH, ""),
    ("Fellside", "Joe", "Braithwaite", "CA10", ("medication",), ""),
    ("Brightwater", "Anwen", "Tyson", "CA11", ("medication",), ""),
    ("Brightwater", "Kofi", "Mensah", "CA10", BOTH, ""),
    ("Harbour Care", "Ruth", "Postlethwaite", "LA14", ALL, ""),
    ("Harbour Care", "Sam", "Dixon", "LA12", BOTH, ""),
    ("Saltmarsh", "Lena", "Gardner", "LA3", BOTH, ""),
)
"""Co-op, first and last name, where they live, skills, and the account where there is one."""
CLIENTS = (
    ("Brightwater", "Mr Iveson", "CA11", "14 Beacon Edge", "Key safe at the back door. He likes the radio on."),
    ("Brightwater", "Mrs Jopling", "CA10", "The Lodge, Shap", "Two steps at the door."),
    ("Harbour Care", "Mrs Fell", "LA14", "3 Slater Street", "Ring twice. Allergic to penicillin."),
    ("Fellside", "Mr Benson", "LA9", "9 Strickland Place", ""),
)
MORNING, EVENING = (time(9), time(13)), (time(17, 30), time(21, 30))


@dataclass
class Scene:
    """Who plays: co-ops by name, their managers, carers by first name, clients by name."""

    coops: Mapping[str, UUID]
    managers: Mapping[str, UUID]
    officer: UUID
    carers: dict[str, Helper]
    """At first only those with an account of their own already, by first name; their ids come with the engagement."""
    clients: dict[str, UUID]

    def manager_of(self, coop_id: UUID) -> tuple[UUID, UUID]:
        """A co-op with its manager."""
        name = next(name for name, one in self.coops.items() if one == coop_id)
        return coop_id, self.managers[name]


def settle_a_month(scene: Scene) -> None:
    """Engage the carers, and lend one a morning in a month that is settled by now; the clock stands at its beginning."""
    start = clock.now()
    _engage(scene)
    day = clock.today() + timedelta(days=3)
    wanted = _ask(
        scene, "Brightwater", NewRequest("leave", [_shift(day, MORNING)], client_id=scene.clients["Mr Iveson"])
    )
    placement = _lend(scene, wanted[0], "Ceri")
    _work(scene, wanted[0], placement, "Ceri")
    with clock.stopped_at(wanted[0].ends_at + timedelta(days=1)):
        home = scene.manager_of(scene.carers["Ceri"].home)
        covering.settle_hours(scene.manager_of(wanted[0].host_id), home, placement)
    month = start.astimezone(clock.LONDON).date().replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    with clock.stopped_at(covering.next_start(following + timedelta(days=2), 9)):
        cycle, until = covering.open_statement(month, scene.officer)
    with clock.stopped_at(until + timedelta(hours=9)):
        covering.pay_all(cycle, scene.officer)


def cover_this_week(scene: Scene) -> None:
    """A morning worked yesterday and one tomorrow, two evenings offered, and a gap that nobody has been offered yet."""
    now, today = clock.now(), clock.today()
    ceri = scene.carers["Ceri"]
    at_home = spans([today + timedelta(days=days) for days in (-6, -5, 0, 5)], (time(8), time(14)))
    mornings = [_shift(today + timedelta(days=days), MORNING) for days in (-1, 1)]
    with clock.stopped_at(now - timedelta(days=4)):
        for helper in scene.carers.values():
            work(helper.home, helper.id, at_home if helper is ceri else [])
        plan = NewRequest("leave", mornings, risk=3, needs=("medication",), client_id=scene.clients["Mrs Fell"])
        before, after = _ask(scene, "Harbour Care", plan)
        worked = _lend(scene, before, "Ceri")
        _lend(scene, after, "Ceri")
    _work(scene, before, worked, "Ceri")
    evening = _shift(today + timedelta(days=2), EVENING)
    plan = NewRequest("sickness", [evening], risk=4, needs=BOTH, client_id=scene.clients["Mr Iveson"])
    wanted = _ask(scene, "Brightwater", plan)
    for name in ("Ceri", "Mina"):
        _offer(scene, wanted[0], name)
    later = [_shift(today + timedelta(days=days), EVENING) for days in (8, 9)]
    _ask(scene, "Harbour Care", NewRequest("extra_need", later, risk=2, needs=("dementia",), outcode="LA14"))


def _engage(scene: Scene) -> None:
    for name in sorted({row[0] for row in CARERS}):
        with acting_for(*scene.manager_of(scene.coops[name])):
            values = {"lends_as": "standard", "vat_evidence": "", "vat_registered": True}
            bank_policy.save_policy({**values, "settlement_signed_on": clock.today()}, 0)
    with acting_for_federation(scene.officer):
        take_in_outcodes(list(PLACES.values()))
    lenders = sorted({row[0] for row in CARERS})
    agree_to_lend(scene.officer, [scene.manager_of(scene.coops[name]) for name in lenders])
    accounts = {row[1]: scene.carers[row[1]].person for row in CARERS if row[5]}
    for number, (coop, first, last, place, skills, _) in enumerate(CARERS, start=11):
        email = f"{first.lower()}.{last.lower()}@hedgerow.example"
        until = clock.today() + timedelta(days=300)
        new = NewCarer(
            email, first, last, f"{coop[0]}-{number:03d}", PLACES[place], "car", skills, 1340, EVERY_DAY, until,
            accounts.get(first),
        )  # fmt: skip
        scene.carers[first] = hire(scene.coops[coop], new)
    for coop, name, place, address, notes in CLIENTS:
        at = PLACES[place]
        north, east = Decimal(str(at.lat)), Decimal(str(at.lon))
        with acting_for(*scene.manager_of(scene.coops[coop])):
            scene.clients[name] = clients.add_client(
                ClientFacts(name, place, address, notes, latitude=north, longitude=east)
            ).id


def _shift(day: date, hours: tuple[time, time]) -> ShiftPlan:
    return ShiftPlan(*spans([day], hours)[0])


def _ask(scene: Scene, coop: str, new: NewRequest) -> list[Wanted]:
    """Ask for cover, share it with the federation and search."""
    host = scene.manager_of(scene.coops[coop])
    wanted, own_until = covering.ask(*host, new)
    if own_until > clock.now():
        with acting_for(*host):
            cover_acts.share_request(wanted[0].request_id)
    covering.search(host[0], wanted[0].request_id)
    return wanted


def _offer(scene: Scene, wanted: Wanted, name: str) -> UUID:
    helper = scene.carers[name]
    to = Candidate(helper.id, helper.home, chosen=True)
    return covering.offer(wanted, scene.manager_of(wanted.host_id)[1], to)


def _lend(scene: Scene, wanted: Wanted, name: str) -> UUID:
    """From the offer to the confirmation."""
    placement, helper = _offer(scene, wanted, name), scene.carers[name]
    host = scene.manager_of(wanted.host_id)
    covering.confirm(wanted, placement, scene.manager_of(helper.home), helper.person, host[1])
    covering.brief(wanted, placement, helper.home, helper.person, host[1])
    return placement


def _work(scene: Scene, wanted: Wanted, placement: UUID, name: str) -> None:
    """From the check-in to the hours that are sent."""
    helper = scene.carers[name]
    for moment, step in ((wanted.starts_at, "check_in"), (wanted.ends_at, "check_out")):
        with clock.stopped_at(moment):
            covering.move(helper.home, helper.person, placement, step)
    with clock.stopped_at(wanted.ends_at + timedelta(hours=1)):
        covering.send_hours(helper.home, helper.person, placement, miles=Decimal(22))


def start_of(moment: datetime) -> datetime:
    """Seven in the morning, in London, of the first day three months back: what is lent then is settled by now.

    >>> start_of(datetime(2026, 11, 22, 7, tzinfo=clock.LONDON)).isoformat()
    '2026-08-01T07:00:00+01:00'
    """
    day = moment.astimezone(clock.LONDON).date().replace(day=1)
    for _ in range(3):
        day = (day - timedelta(days=1)).replace(day=1)
    return covering.next_start(day, 7)
