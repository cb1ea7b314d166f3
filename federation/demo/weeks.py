"""Weeks of absence, moment by moment: who falls ill, who is asked, who says yes or no, what is worked, agreed and paid.

One line of time: each act is put on it with its moment and done in order, with the clock stopped there.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import TypeVar
from uuid import UUID

from federation.demo import covering
from federation.demo.covering import Candidate, Wanted
from federation.demo.staffing import SKILLS, Helper, House
from staffbank.services import bank, cover_acts, hours, rota
from staffbank.services.requests import NewRequest
from staffbank.services.shifts import ShiftPlan
from tenants import clock
from tenants.clock import LONDON
from tenants.db import acting_for
from tenants.errors import Conflict, RuleBroken

T = TypeVar("T")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SICK, LEAVE = 0.06, 0.04
"""How likely a carer is to fall ill, or to be on leave, in a week."""
YES, LETS_GO, GIVES_BACK, FORGETS, DISPUTES = 0.75, 0.96, 0.02, 0.03, 0.05
MOST_OFFERS = 5
"""Offers of one shift before its manager gives up and calls an agency."""
OVERTAKEN = {
    "already-booked", "already-offered", "carer-does-not-fit", "cover-not-open", "no-such-move", "seat-taken", "too-late",
    "not-fit-now",
}  # fmt: skip
"""Refusals that mean somebody was faster, or the carer has taken on other work meanwhile: then the next is asked."""


@dataclass
class Tally:
    """What the weeks came to."""

    requests: int = 0
    shifts: int = 0
    filled: int = 0
    lent: int = 0
    offers: int = 0
    declined: int = 0
    overtaken: int = 0
    given_back: int = 0
    disputed: int = 0
    minutes: int = 0
    lent_minutes: int = 0
    payments: int = 0
    paid_pence: int = 0
    recharged_pence: int = 0
    months: list[date] = field(default_factory=list)


@dataclass
class Seat:
    """A shift that somebody is looked for, and what has been tried."""

    wanted: Wanted
    tried: set[UUID] = field(default_factory=set)
    placement: UUID | None = None
    filled: bool = False


@dataclass
class Line:
    """The line of time, the co-ops on it, and what came of it."""

    rng: Random
    houses: dict[UUID, House]
    officer: UUID | None
    begins: datetime
    tally: Tally = field(default_factory=Tally)
    _events: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _number: count = field(default_factory=count)

    def at(self, moment: datetime, act: Callable[[], object]) -> None:
        """Put an act on the line."""
        heapq.heappush(self._events, (moment, next(self._number), act))

    def run(self, tell: Callable[[datetime], None] = lambda moment: None) -> None:
        """Do everything, in order of time, also what is put on the line meanwhile."""
        while self._events:
            moment, _, act = heapq.heappop(self._events)
            tell(moment)
            with clock.stopped_at(moment):
                act()

    # -- absence

    def plan(self, first: date, weeks: int) -> None:
        """Put every absence, every night's publishing and every month's settlement on the line."""
        for week in range(weeks):
            monday = covering.next_start(first + timedelta(weeks=week), 1)
            self.at(monday, self.publish)
            for house in self.houses.values():
                for helper in house.carers:
                    self._fate(house, helper, monday)
        self._months(first, first + timedelta(weeks=weeks))

    def _fate(self, house: House, helper: Helper, monday: datetime) -> None:
        drawn, days = self.rng.random(), self.rng.randint(1, 3)
        end = monday + timedelta(days=7)
        if drawn < SICK:
            start = monday + DAY * self.rng.randint(0, 6)
            asked = start + timedelta(hours=5, minutes=self.rng.randint(0, 55))
            self.at(asked, lambda: self.absent(house, helper, (clock.now(), min(end, start + DAY * days)), "sickness"))
        elif drawn < SICK + LEAVE:
            asked = max(monday - timedelta(days=12), self.begins) + timedelta(hours=9)
            self.at(asked, lambda: self.absent(house, helper, (max(monday, clock.now() + DAY), end), "leave"))

    def publish(self) -> None:
        """Every carer's bank entry anew, as the night's job does it."""
        for house in self.houses.values():
            with acting_for(house.id):
                for helper in house.carers:
                    bank.publish(helper.id)

    def absent(self, house: House, helper: Helper, span: tuple[datetime, datetime], reason: str) -> None:
        """Take a carer's work out of the rota and ask for cover of all of it."""
        with acting_for(house.id, house.manager):
            gone = [(one.id, one.starts_at, one.ends_at) for one in rota.list_blocks(helper.id, *span, kinds=("rota",))]
            gone = [one for one in gone if one[1] > clock.now() + HOUR]
            for block_id, _, _ in gone:
                rota.remove_block(helper.id, block_id)
        if not gone:
            return
        needs = tuple(skill for skill in SKILLS[:3] if skill in helper.skills and self.rng.random() < 0.5)
        new = NewRequest(
            reason=reason,
            shifts=[ShiftPlan(start, end) for _, start, end in gone],
            risk=self.rng.randint(1, 5),
            needs=needs,
            client_id=self.rng.choice(house.clients),
            absent_carer_id=helper.id,
        )
        shifts, own_until = covering.ask(house.id, house.manager, new)
        self.tally.requests += 1
        self.tally.shifts += len(shifts)
        seats = [Seat(one) for one in shifts]
        self.seek(seats)
        if own_until > clock.now():
            self.at(own_until + MINUTE, lambda: self.share(seats))

    def share(self, seats: list[Seat]) -> None:
        """When the own staff's time is over, everybody is searched."""
        wanted = seats[0].wanted
        with acting_for(wanted.host_id):
            cover_acts.share_when_due(wanted.request_id)
        for seat in seats:
            seat.tried.clear()
        self.seek(seats)

    # -- from offer to confirmation

    def seek(self, seats: list[Seat]) -> None:
        """Search, and make an offer for each shift that has none."""
        free = [seat for seat in seats if not seat.placement and seat.wanted.starts_at > clock.now() + HOUR]
        if not free or not covering.search(free[0].wanted.host_id, free[0].wanted.request_id):
            return
        for seat in free:
            self.offer(seat)

    def offer(self, seat: Seat) -> None:
        """Offer a shift to the next who fits."""
        wanted, house = seat.wanted, self.houses[seat.wanted.host_id]
        if len(seat.tried) >= MOST_OFFERS or wanted.starts_at <= clock.now() + HOUR:
            return
        for one in covering.candidates(wanted):
            if one.carer_id in seat.tried:
                continue
            seat.tried.add(one.carer_id)
            made = self._unless_overtaken(lambda one=one: covering.offer(wanted, house.manager, one))
            if made is not None:
                seat.placement = made
                self.tally.offers += 1
                soon = min(8 * HOUR, (wanted.starts_at - clock.now()) / 4)
                self.at(clock.now() + soon * self.rng.uniform(0.05, 1), lambda one=one: self.answer(seat, one))
                return

    def answer(self, seat: Seat, one: Candidate) -> None:
        """The carer says yes or no; the home co-op lets go or does not; the host confirms."""
        assert seat.placement is not None
        home, placement = self.houses[one.home_id], seat.placement
        person = next(helper.person for helper in home.carers if helper.id == one.carer_id)
        host = self.houses[seat.wanted.host_id]
        if self.rng.random() >= YES:
            self.tally.declined += 1
            covering.move(home.id, person, placement, "decline")
            self._again(seat)
            return
        state = self._unless_overtaken(lambda: covering.move(home.id, person, placement, "accept"))
        if state is None:
            covering.move(home.id, person, placement, "decline")
            self._again(seat)
            return
        if state == "accepted" and self.rng.random() >= LETS_GO:
            covering.move(home.id, home.manager, placement, "refuse", "We need her ourselves that day.")
            self._again(seat)
            return
        if state == "accepted":
            covering.move(home.id, home.manager, placement, "release")
        covering.move(host.id, host.manager, placement, "confirm")
        self.confirmed(seat, one, person)

    def _again(self, seat: Seat) -> None:
        seat.placement = None
        self.seek([seat])

    def confirmed(self, seat: Seat, one: Candidate, person: UUID) -> None:
        """Brief both sides, and put the work itself on the line."""
        wanted, placement = seat.wanted, seat.placement
        assert placement is not None
        covering.brief(wanted, placement, one.home_id, person, self.houses[wanted.host_id].manager)
        if self.rng.random() < GIVES_BACK and wanted.starts_at - clock.now() > 30 * HOUR:
            self.at(wanted.starts_at - 24 * HOUR, lambda: self.give_back(seat, one, person))
        elif self.rng.random() < FORGETS:
            self.at(wanted.ends_at + HOUR, lambda: self.worked(seat, one, person, "not_checked"))
        else:
            late = timedelta(minutes=self.rng.randint(-10, 6))
            self.at(wanted.starts_at + late, lambda: covering.move(one.home_id, person, placement, "check_in"))
            over = timedelta(minutes=self.rng.randint(-4, 8))
            self.at(wanted.ends_at + over, lambda: self.worked(seat, one, person, "check_out"))

    def give_back(self, seat: Seat, one: Candidate, person: UUID) -> None:
        """The carer cannot come after all; somebody else is looked for."""
        assert seat.placement is not None
        covering.move(one.home_id, person, seat.placement, "give_back", "My child is ill.")
        self.tally.given_back += 1
        self._again(seat)

    # -- hours and money

    def worked(self, seat: Seat, one: Candidate, person: UUID, step: str) -> None:
        """The work is over: the carer sends the hours."""
        placement, lent = seat.placement, one.home_id != seat.wanted.host_id
        assert placement is not None
        covering.move(one.home_id, person, placement, step)
        distance = Decimal(self.rng.randint(2, 18))
        minutes = covering.send_hours(one.home_id, person, placement, miles=distance)
        seat.filled = True
        self.tally.filled += 1
        self.tally.minutes += minutes
        if lent:
            self.tally.lent += 1
            self.tally.lent_minutes += minutes
        ten = covering.next_start(clock.today() + DAY, 10)
        if self.rng.random() < DISPUTES:
            self.at(ten, lambda: self.dispute(seat))
        self.at(ten + 2 * HOUR, lambda: self.agree(seat, one))

    def dispute(self, seat: Seat) -> None:
        """The host asks first, and is answered in the thread."""
        host = self.houses[seat.wanted.host_id]
        assert seat.placement is not None
        self.tally.disputed += 1
        with acting_for(host.id, host.manager):
            hours.dispute(seat.placement, "host", "Were you there to the end?")

    def agree(self, seat: Seat, one: Candidate) -> None:
        """The host agrees, the home co-op accepts, the recharge is posted."""
        host, home = self.houses[seat.wanted.host_id], self.houses[one.home_id]
        assert seat.placement is not None
        covering.settle_hours((host.id, host.manager), (home.id, home.manager), seat.placement)

    def _months(self, first: date, last: date) -> None:
        month = first.replace(day=1)
        while month < last:
            following = (month + timedelta(days=32)).replace(day=1)
            self.tally.months.append(month)
            third = covering.next_start(following + 2 * DAY, 9)
            self.at(third, lambda month=month: self.statement(month))
            month = following

    def statement(self, month: date) -> None:
        """Send a month's statement; when nobody may dispute any longer, net and pay it.

        What comes after a month was settled, such as by a demo before this one, goes into the next statement.
        """
        if covering.is_settled(month):
            return
        cycle, until = covering.open_statement(month, self.officer)
        self.at(until.astimezone(LONDON) + 9 * HOUR, lambda: self.pay(cycle))

    def pay(self, cycle: UUID) -> None:
        """Net a month and note its payments."""
        made, pence = covering.pay_all(cycle, self.officer)
        self.tally.payments += made
        self.tally.paid_pence += pence

    def _unless_overtaken(self, act: Callable[[], T]) -> T | None:
        """What an act answers, or nothing where somebody was faster."""
        try:
            return act()
        except (RuleBroken, Conflict) as reason:
            if reason.code not in OVERTAKEN:
                raise
            self.tally.overtaken += 1
            return None
