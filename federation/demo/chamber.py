"""What an assembly of many does in a season: a motion with amendments and debate, a secret vote, a board, a meeting, a policy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from federation.assembly.mandate import split_votes
from federation.assembly.services import (
    amendments,
    boards,
    debate,
    elections,
    hands,
    meetings,
    minutes,
    motions,
    nominations,
    policies,
    polls,
    representation,
)
from federation.assembly.services import attendance as attending
from federation.assembly.services.election_terms import Terms
from federation.assembly.services.motions import Wording
from federation.demo import voting
from federation.demo.large import step
from federation.demo.staffing import FIRST_NAMES, LAST_NAMES
from federation.demo.voting import Hall
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.settings import in_force

TURNOUT, SPLIT, CHANGED, PROXIES, REPORTS = 0.88, 0.35, 0.06, 0.06, 0.6
"""Shares of the co-ops: that vote, that split their votes, that change them, that give a proxy, that report on a policy."""
MOVED, AMENDED, NOTICED, OPENS, MEETS, CLOSES, TOLD = 11, 13, 20, 36, 40, 41, 45
"""Days of the season."""
SEATS, STANDING = 5, 9
CLASSES = ("workers", "users", "community")

PAYMENT = Wording(
    "Should recharges be due within 21 days?",
    "A recharge for supplies is due 21 days after it is posted.\n\nThe treasurer says so in the next statement.",
    plain_words="Suppliers are paid before co-ops have paid their share. The gap is lent by the federation today.",
    if_passes="Each co-op pays its share nine days earlier than now.",
    if_falls="Shares stay due after thirty days, and the federation goes on lending.",
    effect={"set": "payment_days", "value": 21},
)
FRIENDLY = "The treasurer says so in the next statement, in plain words and in Welsh."
FURTHER = "Whoever cannot pay in time may ask the treasurer for nine days more."
BURSARY = Wording(
    "Should the federation name the co-ops that are late with payments?",
    "The treasurer lists in each statement the co-ops whose shares are more than a month late.",
    plain_words="Some find it fair to the others, some find it a pillory. The vote is secret.",
)
TRAINING = Wording(
    "Should induction training be recognised across all co-ops?",
    "Whoever has had the induction of one co-op need not repeat it at another.",
    plain_words="New carers sit through the same two days again when they change co-op.",
)


@dataclass(frozen=True)
class Taken:
    """A vote that was taken and declared: how, what came of it, and the last code of its board."""

    poll: UUID
    number: int
    title: str
    how: str
    words: str
    head: str


@dataclass
class Season:
    """What the season came to."""

    taken: list[Taken] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def run_season(hall: Hall, rng: Random, seconds: dict[str, float]) -> Season:
    """Run the season through; steps are printed with their seconds."""
    season, coops = Season(), list(hall.names)
    with step("three motions: debate, amendments, one merged, one voted on", seconds):
        payment, secret, training = propose(hall, rng, season)
    with step("notice of motions, election and meeting", seconds):
        meeting = call_meeting(hall, training)
        recorded = voting.give_notice(hall, NOTICED, payment, OPENS, CLOSES)
        ballot = voting.give_notice(hall, NOTICED, secret, OPENS, CLOSES, secret=True)
        board = list_candidates(hall, rng)
    with step("recorded vote: splits, proxies, changes", seconds):
        vote_on_record(hall, rng, recorded)
    with step("secret vote", seconds):
        vote(hall, rng, ballot, 0.62, coops)
    with step("election of a board", seconds):
        rank_all(hall, rng, board)
    with step("meeting: attendance, show of hands, minutes", seconds):
        meet(hall, rng, meeting, training, season)
    with step("results declared", seconds):
        for poll, how in ((recorded, "recorded"), (ballot, "secret"), (board, "secret, ranked")):
            season.taken.append(declared(hall, poll, how))
    with step("policy register", seconds):
        register(hall, rng, season, payment)
    return season


# -- motions


def propose(hall: Hall, rng: Random, season: Season) -> tuple[UUID, UUID, UUID]:
    """Three motions from draft to agenda; the first is debated and amended."""
    movers = rng.sample(list(hall.names), 8)
    payment, secret, training = (
        voting.move(hall, MOVED, movers[2 * place], movers[2 * place + 1], wording)
        for place, wording in enumerate((PAYMENT, BURSARY, TRAINING))
    )
    talk(hall, rng, payment)
    before, _, last = PAYMENT.text.rpartition("\n\n")
    friendly = voting.amend(
        hall, hall.day(AMENDED), movers[6], payment, f"{before}\n\n{FRIENDLY}", "So that all can read it."
    )
    voting.merge(hall, hall.day(AMENDED, 18), movers[0], payment, friendly)
    with hall.office():
        text = motions.get_motion(payment).text
    further = voting.amend(
        hall,
        hall.day(AMENDED + 1),
        movers[7],
        payment,
        f"{text}\n\n{FURTHER}",
        f"“{last}” is not enough for the smallest.",
    )
    with clock.stopped_at(hall.day(AMENDED + 1, 16)), hall.office():
        amendments.order(payment, [(further, None)])
        poll = amendments.put_to_vote(further, hall.day(AMENDED + 2), hall.day(AMENDED + 5)).id
    vote(hall, rng, poll, 0.72, list(hall.names))
    season.taken.append(declared(hall, poll, "recorded, on an amendment"))
    return payment, secret, training


def talk(hall: Hall, rng: Random, motion: UUID) -> None:
    """A debate: somebody is for it, somebody against, somebody asks and is answered."""
    said = (
        ("for", "We pay suppliers on day 14 and are paid on day 30: the gap is ours."),
        ("against", "A small co-op with one late commissioner cannot find the money nine days earlier."),
        ("question", "What does the gap cost the federation in a year?"),
    )
    speakers = rng.sample(list(hall.names), len(said) + 1)
    asked = None
    for place, (leaning, words) in enumerate(said):
        with clock.stopped_at(hall.day(AMENDED, 11 + place)), hall.delegate(speakers[place]):
            asked = debate.say(motion, leaning, words)
    with clock.stopped_at(hall.day(AMENDED, 17)), acting_for(speakers[-1], hall.managers[speakers[-1]]):
        debate.say(motion, "remark", "The treasurer told us: about £1,900 of interest.", asked)


# -- votes


def vote(hall: Hall, rng: Random, poll: UUID, leaning: float, coops: Sequence[UUID]) -> None:
    """Open a poll and let most of these co-ops vote, some of them splitting their votes as their members did."""
    weights = voting.open_poll(hall, poll)
    for coop, moment in moments(hall, rng, poll, [coop for coop in coops if coop in weights]):
        voting.cast(hall, moment, poll, coop, split(rng, weights[coop], leaning))


def vote_on_record(hall: Hall, rng: Random, poll: UUID) -> None:
    """A recorded vote with everything that can happen to one: splits, divided votes, proxies, a change of mind."""
    weights = voting.open_poll(hall, poll)
    coops = [coop for coop in hall.names if coop in weights]
    several = max(1, round(PROXIES * len(coops)))
    parties = rng.sample(coops, 2 * several)
    givers, holders = parties[:several], parties[several:]
    for giver, holder in zip(givers, holders, strict=True):
        with clock.stopped_at(hall.day(OPENS, 12)), hall.delegate(giver):
            words = "Vote as your members do."
            representation.give_proxy(holder, clock.today(), hall.day(CLOSES).date(), words, poll)
    voted = list(moments(hall, rng, poll, [coop for coop in coops if coop not in parties]))
    voted += [(coop, hall.day(OPENS + 2, 14)) for coop in holders]
    for coop, moment in voted:
        voting.cast(hall, moment, poll, coop, split(rng, weights[coop], 0.66))
    for giver, holder in zip(givers, holders, strict=True):
        voting.cast(hall, hall.day(OPENS + 2, 15), poll, giver, split(rng, weights[giver], 0.66), by=holder)
    for coop, _ in rng.sample(voted, max(1, round(CHANGED * len(voted)))):
        voting.cast(hall, hall.day(CLOSES, 9), poll, coop, split(rng, weights[coop], 0.66))


def moments(hall: Hall, rng: Random, poll: UUID, coops: Sequence[UUID]) -> Iterator[tuple[UUID, datetime]]:
    """Which of these co-ops vote, and when, in the order of time."""
    with hall.office():
        row = polls.get_poll(poll)
        opens_at, hours = row.opens_at, (row.closes_at - row.opens_at) / timedelta(hours=1)
    chosen = [(rng.uniform(1, hours - 1), place, coop) for place, coop in enumerate(coops) if rng.random() < TURNOUT]
    for hour, _, coop in sorted(chosen, key=lambda one: one[:2]):
        yield coop, opens_at + timedelta(hours=hour)


def split(rng: Random, votes: int, leaning: float) -> dict[str, int]:
    """How a co-op's votes fall: all one way, or as its members voted."""
    if rng.random() > SPLIT:
        side = "for" if rng.random() < leaning else "abstain" if rng.random() < 0.15 else "against"
        return {side: votes}
    people = {"for": round(1000 * rng.betavariate(4 * leaning, 4 - 4 * leaning))}
    return split_votes(votes, {**people, "against": 1000 - people["for"], "abstain": rng.randint(0, 80)})


def declared(hall: Hall, poll: UUID, how: str) -> Taken:
    """Close and declare a poll."""
    result = voting.declare(hall, poll)
    with hall.office():
        row = polls.get_poll(poll)
        return Taken(poll, row.number, row.title, how, " ".join(result["words"][:2]), boards.head(poll))


# -- the board


def list_candidates(hall: Hall, rng: Random) -> UUID:
    """Call an election with a rule on classes, let co-ops nominate, list who stands, give notice; its poll."""
    with clock.stopped_at(hall.day(AMENDED)), hall.office():
        terms = Terms(
            "The federation's board",
            hall.day(NOTICED - 1, 17),
            "Five people for two years. At least two of them work in care themselves.",
            seats=SEATS,
            classes=CLASSES,
            constraints=[{"class": "workers", "least": 2}],
        )
        election = elections.draft(terms).id
        elections.call_election(election)
    nominators = rng.sample(list(hall.names), min(STANDING, len(hall.names)))
    for place, coop in enumerate(nominators):
        name = f"{FIRST_NAMES[(3 * place + 1) % len(FIRST_NAMES)]} {LAST_NAMES[(7 * place + 2) % len(LAST_NAMES)]}"
        with clock.stopped_at(hall.day(AMENDED + 2, 9 + place % 8)), hall.delegate(coop):
            words = (
                f"I know what our carers say at the end of a long week, and {hall.names[coop]} has taught me to count."
            )
            nominations.stand(election, name, CLASSES[place % 3], words, agreed=True)
    with clock.stopped_at(hall.day(NOTICED)), hall.office():
        elections.close_nominations(election)
        return elections.open_voting(election, opens_at=hall.day(OPENS), closes_at=hall.day(CLOSES)).id


def rank_all(hall: Hall, rng: Random, poll: UUID) -> None:
    """Open the poll of an election; each co-op ranks who is nearest to it, large ones in two parts."""
    weights = voting.open_poll(hall, poll)
    with hall.office():
        choices = [choice["id"] for choice in polls.get_poll(poll).choices]
    places = {choice: (rng.random(), rng.random()) for choice in choices}
    for coop, moment in moments(hall, rng, poll, [coop for coop in hall.names if coop in weights]):
        parts = [weights[coop]] if weights[coop] < 6 else [weights[coop] - weights[coop] // 3, weights[coop] // 3]
        rankings: dict[tuple[str, ...], int] = {}
        for units in parts:
            ranking = tuple(nearest(rng, places)[: rng.randint(2, len(choices))])
            rankings[ranking] = rankings.get(ranking, 0) + units
        voting.rank(hall, moment, poll, coop, [(units, ranking) for ranking, units in rankings.items()])


def nearest(rng: Random, places: Mapping[str, tuple[float, float]]) -> list[str]:
    """Choices from the nearest to the farthest, seen from somewhere."""
    x, y = rng.random(), rng.random()
    return sorted(places, key=lambda one: ((places[one][0] - x) ** 2 + (places[one][1] - y) ** 2, one))


# -- the meeting


def call_meeting(hall: Hall, motion: UUID) -> UUID:
    """Call a meeting at which a motion is decided by a show of hands; its id."""
    with clock.stopped_at(hall.day(NOTICED)), hall.office():
        starts = hall.day(MEETS)
        terms = meetings.Terms(
            "Autumn general meeting", "hybrid", starts, starts + timedelta(hours=3), "Friends Meeting House, Lancaster",
            "https://meet.example/assembly",
        )  # fmt: skip
        meeting = meetings.draft(terms).id
        motions.give_notice(
            motion, opens_at=starts, closes_at=starts + timedelta(hours=3), meeting_id=meeting, by_hand=True
        )
        meetings.call_meeting(meeting)
        return meeting


def meet(hall: Hall, rng: Random, meeting: UUID, motion: UUID, season: Season) -> None:
    """Hold the meeting: who came, one vote by hand told by two tellers and declared, the minutes."""
    came = [coop for coop in hall.names if rng.random() < 0.7]
    for coop in came:
        with clock.stopped_at(hall.day(MEETS) - timedelta(minutes=rng.randint(1, 40))), hall.delegate(coop):
            attending.come(meeting, "room" if rng.random() < 0.6 else "online")
    with clock.stopped_at(hall.day(MEETS)), hall.office():
        meetings.open_meeting(meeting)
        poll = motions.get_motion(motion).poll_id
    assert poll is not None
    weights = voting.open_poll(hall, poll)
    with clock.stopped_at(hall.day(MEETS, 11)):
        lines = {str(coop): split(rng, weights[coop], 0.7) for coop in came if coop in weights}
        with hall.office():
            entry = hands.type_in(poll, lines).id
        with acting_for_federation(hall.teller):
            hands.confirm(entry)
    season.taken.append(declared(hall, poll, "by hand in the meeting"))
    with clock.stopped_at(hall.day(MEETS, 15)), hall.office():
        meetings.close_meeting(meeting)
        minutes.draft(meeting)
    with clock.stopped_at(hall.day(MEETS + 1)), hall.office():
        minutes.publish(meeting)
    season.lines.append(f"Meeting: {len(came)} of {len(hall.names)} co-ops came; its minutes are published.")


# -- the register


def register(hall: Hall, rng: Random, season: Season, motion: UUID) -> None:
    """What was decided stands in the register and has set its setting; co-ops say what they have done about it."""
    with hall.office():
        found = policies.find_of_motion(motion)
        policy = found.id if found else None
    if policy is None:
        season.lines.append("The motion on payments was lost, so nothing was set.")
        return
    for coop in hall.names:
        if rng.random() < REPORTS:
            with clock.stopped_at(hall.day(TOLD)), acting_for(coop, hall.managers[coop]):
                policies.tell(policy, rng.choice(("done", "done", "begun", "not_yet")), "")
    with hall.office():
        row = policies.get_policy(policy)
        told = policies.reports_of(row.id)
        now = in_force()["payment_days"]
        season.lines.append(
            f"Policy {row.number}: {row.set_words}; {len(told)} co-ops have said what they did about it."
        )
        season.lines.append(f"Setting “payment_days” is {now.value}: {now.resolution}.")
