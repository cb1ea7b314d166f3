"""The assembly a visitor finds: weights agreed, rules changed by a vote, a board elected, a motion open to vote on, a meeting coming.

Everything is done by the services, in the scopes of the people concerned, as it would be done by hand.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from federation.assembly.mandate import split_votes
from federation.assembly.rule import Quorum, Rule, Threshold
from federation.assembly.services import agenda, debate, elections, meetings, nominations, policies, polls
from federation.assembly.services.election_terms import Terms
from federation.assembly.services.motions import Wording
from federation.demo import voting
from federation.demo.voting import Hall
from tenants import clock
from tenants.db import acting_for

DAYS = 80
"""How long ago it begins: today is this day of the story."""
TERMS = {"scheme": {"kind": "base_plus", "base": 3, "total": 100}, "quota": {"kind": "majority"}}
"""23, 17, 15, 12, 11, 9, 7 and 6 of 100 votes for 212, 148, 126, 96, 81, 64, 38 and 23 members."""
MONEY = Rule(
    "special",
    threshold=Threshold("66.67", strictly=False),
    second_majority={"of": "coops", "percent": "50"},
    quorum=Quorum("50", "50"),
)
TWO_THIRDS = Wording(
    "Should money questions need two thirds of the votes and most co-ops?",
    "A special decision is carried when at least two thirds of the votes cast for or against are for it, and more than"
    " half of the co-ops are in favour. Levies and fees are decided so.",
    kind="constitutional",
    plain_words="The four largest co-ops hold 67 of 100 votes. Nobody should pay more because four have said so.",
    if_passes="Levies need two thirds of the votes, and five of the eight co-ops.",
    if_falls="Levies need two thirds of the votes, whoever casts them.",
    effect={"rules": {"special": MONEY.as_json()}},
)
REMINDERS = Wording(
    "Should reminders go out three days before a round closes?",
    "Whoever has not answered is reminded 72 hours before a buying round closes.",
    plain_words="Two days were too short over a weekend.",
    if_passes="Reminders come a day earlier.",
    if_falls="Reminders come two days before closing, as now.",
    effect={"set": "reminder_hours", "value": 72},
)
PHONE = Wording(
    "Should we share one telephone line out of hours?",
    "From ten in the evening to seven in the morning all co-ops answer by one line, in turns of a week.",
    plain_words="Eight people sit by eight telephones each night. Most nights none of them rings.",
    if_passes="Each co-op answers for all of us one week in eight.",
    if_falls="Everybody keeps a line of their own.",
)
BOARD = (
    ("Harbour Care", "Ruth Postlethwaite", "workers", "Twelve years of mornings and evenings. The rota is where we lose people."),
    ("Fellside", "Mina Lowther", "workers", "I drive between three co-ops and know what lending costs a carer in petrol."),
    ("Brightwater", "Pat Iveson", "users", "I have had carers at my door for six years, and I can read accounts."),
    ("Moss Lane", "Gwen Harries", "community", "A retired nurse, on the board of the credit union."),
    ("Oakhurst", "Dev Chaudhry", "users", "My mother chose Oakhurst. I want her to have a say in what it buys."),
    ("Saltmarsh", "Lena Gardner", "workers", "Small co-ops need a voice that has worked in one."),
)  # fmt: skip
"""Who stands for three seats: the co-op that nominates, name, class, and their own words."""
RANKED = {
    "Harbour Care": ((14, "013"), (9, "210")),
    "Fellside": ((17, "152"),),
    "Brightwater": ((10, "241"), (5, "203")),
    "Moss Lane": ((12, "320"),),
    "Glan Afon": ((11, "51"),),
    "Oakhurst": ((9, "425"),),
    "Tyneholm": ((6, "530"),),
}
"""Votes of each co-op and the candidates, by place above, in its order; Saltmarsh has not voted."""
NOT_YET = ("Harbour Care", "Brightwater", "Glan Afon", "Saltmarsh")
"""Co-ops that have not voted on the levy."""


def hold(coops: Mapping[str, UUID], people: Mapping[str, UUID], managers: Mapping[str, UUID], officer: UUID) -> None:
    """Everything that the assembly has done until now. `people` by address; the clock stands `DAYS` before today."""
    delegates = {coops[name]: people[f"delegate@{address_of(name)}.example"] for name in coops}
    names = {coop: name for name, coop in coops.items()}
    leading = {coops[name]: person for name, person in managers.items()}
    hall = Hall(names, delegates, leading, officer, people["treasurer@hedgerow.example"], clock.now())
    silent = [coop for coop in names if coop not in leading]
    voting.agree_sizes(hall, 0, {}, silent)
    voting.found(hall, 10, "Three votes each, the rest by members", TERMS, "Small enough to count by heart.", "italian")
    decide(hall, coops)
    elect(hall, coops)
    ask_about_levy(hall, coops)
    look_ahead(hall, coops)


def address_of(name: str) -> str:
    """A co-op's name as the addresses of its people have it.

    >>> address_of("Harbour Care")
    'harbourcare'
    """
    return name.lower().replace(" ", "")


def decide(hall: Hall, coops: Mapping[str, UUID]) -> None:
    """Two motions that were carried: one changed a rule of decision, the other a setting; some co-ops say what they did."""
    rules = voting.move(hall, 11, coops["Fellside"], coops["Tyneholm"], TWO_THIRDS)
    reminders = voting.move(hall, 14, coops["Brightwater"], coops["Saltmarsh"], REMINDERS)
    on_rules = voting.give_notice(hall, 13, rules, 36, 38)
    on_reminders = voting.give_notice(hall, 20, reminders, 36, 38)
    for poll, against in ((on_rules, ("Harbour Care",)), (on_reminders, ("Moss Lane", "Oakhurst"))):
        weights = voting.open_poll(hall, poll)
        for name in [name for name in coops if name != "Saltmarsh"]:
            side = "against" if name in against else "for"
            voting.cast(hall, hall.day(37), poll, coops[name], {side: weights[coops[name]]})
        voting.declare(hall, poll)
    with hall.office():
        policy = policies.find_of_motion(reminders)
        number = policy.id if policy else None
    assert number is not None
    for name, state, words in (
        ("Harbour Care", "done", "Our rota now asks on Mondays."),
        ("Fellside", "begun", ""),
        ("Saltmarsh", "not_for_us", "One of us does all the ordering."),
    ):
        with clock.stopped_at(hall.day(45)), acting_for(coops[name], hall.managers[coops[name]]):
            policies.tell(number, state, words)


def elect(hall: Hall, coops: Mapping[str, UUID]) -> None:
    """A board of three, of whom one at least works in care, by Scottish STV."""
    terms = Terms(
        "The board of the federation",
        hall.day(20, 17),
        "Three people for two years. One of them at least works in care.",
        seats=3,
        classes=("workers", "users", "community"),
        constraints=[{"class": "workers", "least": 1}],
    )
    election = nominate(hall, 14, coops, terms, BOARD)
    with clock.stopped_at(hall.day(21)), hall.office():
        elections.close_nominations(election)
        poll = elections.open_voting(election, opens_at=hall.day(38), closes_at=hall.day(42)).id
    voting.open_poll(hall, poll)
    with hall.office():
        ids = {choice["name"]: choice["id"] for choice in polls.get_poll(poll).choices}
    standing = [ids[name] for _, name, _, _ in BOARD]
    for name, parts in RANKED.items():
        ranked = [(units, [standing[int(place)] for place in places]) for units, places in parts]
        voting.rank(hall, hall.day(40), poll, coops[name], ranked)
    voting.declare(hall, poll)


def nominate(
    hall: Hall, day: int, coops: Mapping[str, UUID], terms: Terms, people: Sequence[tuple[str, str, str, str]]
) -> UUID:
    """Call an election and nominate people two days later; its id."""
    with clock.stopped_at(hall.day(day)), hall.office():
        election = elections.draft(terms).id
        elections.call_election(election)
    for coop, name, group, words in people:
        with clock.stopped_at(hall.day(day + 2)), hall.delegate(coops[coop]):
            nominations.stand(election, name, group, words, agreed=True)
    return election


def ask_about_levy(hall: Hall, coops: Mapping[str, UUID]) -> None:
    """The motion a visitor can vote on: amended, debated, open since two days, half of the co-ops have voted."""
    april = date(hall.day(DAYS + 60).year, 4, 1)
    april = april if april > hall.day(DAYS + 30).date() else april.replace(year=april.year + 1)
    wording = Wording(
        "Should the cover pool levy rise from 1% to 1.5%?",
        f"The assembly resolves to set the rate in rule 7.2 at 1.5 per cent from {april.day} {april:%B %Y}.\n\n"
        "The board reports each quarter what the pool has paid.",
        kind="special",
        plain_words="The cover pool pays for carers who step in at another co-op. Last year it ran out in October.",
        if_passes=f"Each co-op pays 1.5% of its turnover from {april.day} {april:%B %Y}. The pool covers about 940 visits a"
        " year instead of 610.",
        if_falls="The levy stays at 1%. Once the pool is empty, co-ops pay for each visit themselves.",
        effect={"from": april.isoformat(), "review_on": april.replace(year=april.year + 1).isoformat()},
    )
    motion = voting.move(hall, 55, coops["Glan Afon"], coops["Fellside"], wording)
    body = wording.text.rpartition("\n\n")[0]
    yearly = voting.amend(
        hall, hall.day(57), coops["Saltmarsh"], motion, f"{body}\n\nThe board reports each month what the pool has paid.",
        "A quarter is long when the pool is running dry.",
    )  # fmt: skip
    with clock.stopped_at(hall.day(58)), hall.delegate(coops["Moss Lane"]):
        asked = debate.say(motion, "question", "What did the pool pay for each of us last year?")
    with clock.stopped_at(hall.day(58, 15)), acting_for(coops["Fellside"], hall.managers[coops["Fellside"]]):
        debate.say(motion, "remark", "Between £310 and £2,900. The treasurer has sent the list round.", asked)
    with clock.stopped_at(hall.day(59)), hall.delegate(coops["Oakhurst"]):
        debate.say(motion, "against", "We paid for 41 visits and had six. Let the share follow use first.")
    voting.merge(hall, hall.day(60), coops["Glan Afon"], motion, yearly)
    poll = voting.give_notice(hall, 61, motion, DAYS - 2, DAYS + 5)
    weights = voting.open_poll(hall, poll)
    told = {"Fellside": "for", "Moss Lane": "for", "Oakhurst": "against"}
    for name in [name for name in coops if name not in NOT_YET]:
        votes = weights[coops[name]]
        split = {told[name]: votes} if name in told else split_votes(votes, {"for": 15, "against": 8})
        voting.cast(hall, hall.day(DAYS - 1), poll, coops[name], split)


def look_ahead(hall: Hall, coops: Mapping[str, UUID]) -> None:
    """A motion that waits for a second, nominations that are open, and a meeting that is called."""
    voting.put(hall, DAYS - 4, coops["Oakhurst"], PHONE)
    terms = Terms(
        "Our voice in Co-operatives UK",
        hall.day(DAYS + 9, 17),
        "One person who speaks for all of us for a year.",
        method="irv",
    )
    people = (
        (
            "Harbour Care",
            "Hugh Delaney",
            "",
            "I have been to three of their meetings, and came back with something each time.",
        ),
        ("Moss Lane", "Gwen Harries", "", "I would rather listen first."),
    )
    nominate(hall, DAYS - 5, coops, terms, people)
    with clock.stopped_at(hall.day(DAYS - 3)), hall.office():
        starts = hall.day(DAYS + 26)
        meeting = meetings.draft(
            meetings.Terms(
                "Winter general meeting", "hybrid", starts, starts + timedelta(hours=3), "Kendal Town Hall",
                "https://meet.example/hedgerow",
            )
        )  # fmt: skip
        for title, words in (
            ("Welcome, and who is here", ""),
            ("The treasurer’s report", "The accounts to October, and what the cover pool has paid."),
            ("Buying together in spring", "Which goods the next round should be about."),
        ):
            agenda.add_item(meeting.id, title, words)
        meetings.call_meeting(meeting.id)
