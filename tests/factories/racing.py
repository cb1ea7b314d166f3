"""Writers who race for the same carers: acceptances of offers and pieces of home rota, on connections of their own."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg

from staffbank.services import placements, rota
from tenants.db import acting_for, retried
from tenants.errors import RuleBroken
from tenants.web import HouseFlask
from tests.factories.cover import in_hours
from tests.factories.offers import make_cover, make_offer
from tests.factories.staffbank import MadeCarer, make_bank, make_carer

WRITERS = 8
ROTA_WRITERS = 3
REFUSALS = ("already-booked", "carer-does-not-fit")
"""How a writer who comes second is told."""
OVERLAPS = """
WITH work AS (
    SELECT person_id AS person, starts_at, ends_at, id FROM placement
    WHERE side = 'home' AND state IN ('accepted', 'released', 'confirmed', 'started', 'worked')
    UNION ALL
    SELECT coalesce(c.person_id, c.id), b.starts_at, b.ends_at, b.id FROM work_block b
    JOIN carer c ON c.tenant_id = b.tenant_id AND c.id = b.carer_id WHERE b.kind <> 'leave'
)
SELECT (SELECT count(*) FROM work),
       (SELECT count(*) FROM work a JOIN work b ON a.person = b.person AND a.id < b.id
        AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)),
       (SELECT count(*) FROM booked_time)
"""
"""Pieces of work, pairs of them that overlap for one person, and rows of booked time; asked as the superuser."""


@dataclass(frozen=True)
class Race:
    """What came of a race: every attempt was booked or refused, or it is lost."""

    attempts: int
    booked: int
    refused: int
    deadlocks: int
    pieces: int
    double: int
    rows: int

    @property
    def lost(self) -> int:
        """Attempts without an outcome, and outcomes without a row."""
        return (
            self.attempts - self.booked - self.refused + abs(self.booked - self.pieces) + abs(self.pieces - self.rows)
        )


def run_race(app: HouseFlask, database: str, *, carers: int = 4, hosts: int = 5, seed: int = 7) -> Race:
    """Eight writers at once: five accept offers of as many hosts, three write rota, all for the same carers and hours."""
    bank = make_bank(hosts + 1, 0)
    home, people = _home(bank.coops[-1], carers)
    shift = in_hours(20)
    offers: list[list[tuple[UUID, MadeCarer]]] = []
    for host in bank.coops[:-1]:
        own = type(bank)((host, home), bank.managers, {host: (), home: tuple(people)})
        cover = make_cover(own, [shift], carers=people)
        offers.append([(make_offer(cover, carer), carer) for carer in people])
    counts: Counter[str] = Counter()
    lock, start = threading.Lock(), threading.Barrier(WRITERS)

    def told(name: str, number: int = 1) -> None:
        with lock:
            counts[name] += number

    dice = random.Random(seed)
    writers: list[Callable[[], None]] = []
    for number in range(WRITERS - ROTA_WRITERS):
        mine = dice.sample(offers[number % hosts], carers)
        writers.append(partial(_accept_all, mine, told))
    for _ in range(ROTA_WRITERS):
        order = dice.sample(people, carers)
        writers.append(partial(_write_rota, order, (shift.starts_at, shift.ends_at), told))
    threads = [threading.Thread(target=partial(_in_app, app, start, writer)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(database) as superuser:
        row = superuser.execute(OVERLAPS).fetchone()
    assert row is not None
    return Race(WRITERS * carers, counts["booked"], counts["refused"], counts["again"], *row)


def _home(coop_id: UUID, carers: int) -> tuple[UUID, list[MadeCarer]]:
    return coop_id, [make_carer(coop_id) for _ in range(carers)]


def _in_app(app: HouseFlask, start: threading.Barrier, writer: Callable[[], None]) -> None:
    with app.app_context():
        start.wait(30)
        writer()


def _accept_all(mine: Sequence[tuple[UUID, MadeCarer]], told: Callable[..., None]) -> None:
    """Accept one offer after the other, each in a transaction of its own."""
    for placement_id, carer in mine:
        tries = 0

        def accept(placement_id: UUID = placement_id, carer: MadeCarer = carer) -> None:
            nonlocal tries
            tries += 1
            with acting_for(carer.tenant_id, carer.person_id):
                placements.move(placement_id, "accept")

        try:
            retried(accept)
            told("booked")
        except RuleBroken as refusal:
            if refusal.code not in REFUSALS:
                raise
            told("refused")
        told("again", tries - 1)


def _write_rota(order: Sequence[MadeCarer], span: tuple[datetime, datetime], told: Callable[..., None]) -> None:
    """Write a piece of rota for each carer, all in one transaction: what is booked already is left out."""
    tries, taken = 0, 0

    def write() -> None:
        nonlocal tries, taken
        tries, taken = tries + 1, 0
        with acting_for(order[0].tenant_id):
            for carer in order:
                try:
                    block = rota.NewBlock("rota", span[0] + timedelta(minutes=30), span[1])
                    rota.keep_block(carer.id, block)
                    taken += 1
                except RuleBroken:
                    continue

    retried(write)
    told("booked", taken)
    told("refused", len(order) - taken)
    told("again", tries - 1)
