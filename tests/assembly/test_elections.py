"""Elections: who may stand and until when, what happens when few stand, the vote, and a seat that falls free."""

from datetime import timedelta
from typing import Any

import pytest

from federation.assembly.services import elections, nominations, polls, vacancies
from federation.assembly.services.election_terms import Terms
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.web import HouseFlask
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.elections import declare, list_now, make_election, nominate, plan_vote, rank

AFON, BEACON, CWM = "Afon Care", "Beacon Care", "Cwm Care"


@pytest.fixture
def assembly(app: HouseFlask) -> Assembly:
    """Afon Care holds 1 vote, Beacon Care 2, Cwm Care 5."""
    return found_assembly()


def refused(code: str) -> Any:
    """What is refused with this code."""
    return pytest.raises(RuleBroken, check=lambda error: error.code == code)


def terms(**changes: Any) -> Terms:
    return Terms(**{"title": "Board", "nominations_until": clock.now() + timedelta(days=7), **changes})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"seats": 0}, "seats"),
        ({"what": "x" * 2001}, "what"),
        ({"seats": 2, "method": "irv"}, "method"),
        ({"nominations_until": clock.now() - timedelta(days=1)}, "nominations_until"),
        ({"constraints": [{"class": "workers", "least": 1}]}, "constraints"),
        ({"classes": ["workers"], "constraints": [{"class": "workers", "least": 2}]}, "constraints"),
    ],
)
def test_an_election_that_could_never_be_held_is_refused(assembly: Assembly, changes: Any, field: str) -> None:
    with acting_for_federation(), pytest.raises(InvalidInput) as refusal:
        elections.draft(terms(**changes))
    assert list(refusal.value.errors) == [field]


def test_nobody_stands_unasked_twice_late_or_for_a_class_there_is_not(assembly: Assembly) -> None:
    election_id = make_election(assembly, classes=["workers", "community"])
    nominate(assembly, election_id, AFON, "Ada Ash", "workers")
    tenant = assembly.coops[BEACON]
    with acting_for(tenant, assembly.delegates[tenant]):
        with pytest.raises(InvalidInput, match="agreed"):
            nominations.stand(election_id, "Bo Birch", "workers", agreed=False)
        with refused("stands-already"):
            nominations.stand(election_id, " ada  ASH ", "community", agreed=True)
        with refused("no-such-class"):
            nominations.stand(election_id, "Bo Birch", "investors", agreed=True)
        late = elections.get_election(election_id).nominations_until + timedelta(seconds=1)
        with clock.stopped_at(late), refused("nominations-closed"):
            nominations.stand(election_id, "Bo Birch", "workers", agreed=True)
        assert [one.name for one in nominations.list_candidates(election_id)] == ["Ada Ash"]


def test_only_the_co_op_that_nominated_takes_a_name_back_and_only_until_voting_opens(assembly: Assembly) -> None:
    election_id = make_election(assembly)
    ada, bo = (nominate(assembly, election_id, coop, name) for coop, name in ((AFON, "Ada"), (BEACON, "Bo")))
    nominate(assembly, election_id, CWM, "Cy")
    tenant = assembly.coops[CWM]
    with acting_for(tenant, assembly.delegates[tenant]), pytest.raises(NotFound):
        nominations.withdraw(ada)
    list_now(assembly, election_id)
    poll_id = plan_vote(assembly, election_id, opened=False)
    tenant = assembly.coops[AFON]
    with acting_for(tenant, assembly.delegates[tenant]):
        nominations.withdraw(ada)
    with acting_for_federation():
        opens_at = polls.get_poll(poll_id).opens_at
    with clock.stopped_at(opens_at), acting_for_federation():
        polls.open_poll(poll_id)
        assert [choice["name"] for choice in polls.get_poll(poll_id).choices] == ["Bo", "Cy"]
        with refused("voting-has-begun"):
            nominations.strike(bo, "Moved away")
    tenant = assembly.coops[BEACON]
    with acting_for(tenant, assembly.delegates[tenant]), refused("voting-has-begun"):
        nominations.withdraw(bo)


def test_nominations_stay_open_as_long_as_was_promised(assembly: Assembly) -> None:
    election_id = make_election(assembly)
    with acting_for_federation(), refused("too-early"):
        elections.close_nominations(election_id)


def test_with_fewer_candidates_than_seats_the_officer_chooses(assembly: Assembly) -> None:
    election_id = make_election(assembly, seats=3)
    ada = nominate(assembly, election_id, AFON, "Ada")
    list_now(assembly, election_id)
    with acting_for_federation():
        election = elections.get_election(election_id)
        assert (election.state, elections.seated(election)) == ("listed", [])
        elections.extend(election_id, clock.now() + timedelta(days=20), "Only one stands for three seats.")
    bo = nominate(assembly, election_id, BEACON, "Bo")
    list_now(assembly, election_id)
    with acting_for_federation():
        election = elections.elect_unopposed(election_id)
        assert [one.id for one in elections.seated(election)] == [ada, bo]
        with refused("no-ballots"):
            vacancies.recount(election_id, [ada])


def test_nobody_is_declared_elected_where_a_vote_or_more_time_is_needed(assembly: Assembly) -> None:
    open_id = make_election(assembly)
    for coop, name in ((AFON, "Ada"), (BEACON, "Bo")):
        nominate(assembly, open_id, coop, name)
    empty_id = make_election(assembly)
    rules = [{"class": "workers", "least": 2}, {"class": "community", "most": 1}]
    bound_id = make_election(assembly, seats=3, classes=["workers", "community"], constraints=rules)
    nominate(assembly, bound_id, AFON, "Cy", "workers")
    for one in (open_id, empty_id, bound_id):
        list_now(assembly, one)
    with acting_for_federation():
        for one, code in (
            (open_id, "not-unopposed"),
            (empty_id, "not-unopposed"),
            (bound_id, "classes-cannot-be-kept"),
        ):
            with refused(code):
                elections.elect_unopposed(one)
        hours = {"opens_at": clock.now() + timedelta(days=2), "closes_at": clock.now() + timedelta(days=3)}
        for one, code in ((empty_id, "nobody-stands"), (bound_id, "classes-cannot-be-kept")):
            with refused(code):
                elections.open_voting(one, **hours)


def test_notice_of_the_vote_is_in_clear_days(app: HouseFlask) -> None:
    assembly = found_assembly(election={"notice_days": 14})
    election_id = make_election(assembly)
    nominate(assembly, election_id, AFON, "Ada")
    list_now(assembly, election_id)
    with acting_for_federation():
        opens_at = clock.now() + timedelta(days=14)
        with refused("notice-too-short"):
            elections.open_voting(election_id, opens_at=opens_at, closes_at=opens_at + timedelta(hours=1))
        later = opens_at + timedelta(days=1)
        elections.open_voting(election_id, opens_at=later, closes_at=later + timedelta(hours=1))


@pytest.mark.parametrize("secret", [False, True])
def test_from_the_call_to_the_seats_with_votes_split_between_orders(assembly: Assembly, secret: bool) -> None:
    election_id = make_election(assembly, seats=2, secret=secret)
    ada, bo, cy = (
        nominate(assembly, election_id, coop, name) for coop, name in ((AFON, "Ada"), (BEACON, "Bo"), (CWM, "Cy"))
    )
    list_now(assembly, election_id)
    poll_id = plan_vote(assembly, election_id)
    rank(assembly, poll_id, CWM, (4, [ada, bo]), (1, [cy]))
    rank(assembly, poll_id, BEACON, (2, [bo]))
    rank(assembly, poll_id, AFON, (1, [cy]))
    result = declare(assembly, poll_id)
    assert (result["elected"], result["answer"]["quota"]) == ([str(ada), str(bo)], 3)
    with acting_for_federation():
        election = elections.get_election(election_id)
        assert (election.state, [one.name for one in elections.seated(election)]) == ("declared", ["Ada", "Bo"])


@pytest.mark.parametrize("ballot", [["twice"], ["unknown"], ["withdrawn"]])
def test_a_ranking_that_names_somebody_twice_or_who_does_not_stand_is_refused(assembly: Assembly, ballot: Any) -> None:
    election_id = make_election(assembly)
    ada, bo, gone = (nominate(assembly, election_id, AFON, name) for name in ("Ada", "Bo", "Gone"))
    with acting_for_federation():
        nominations.strike(gone, "Moved away")
    list_now(assembly, election_id)
    poll_id = plan_vote(assembly, election_id)
    order = {"twice": [ada, bo, ada], "unknown": [ada, election_id], "withdrawn": [gone]}[ballot[0]]
    with refused("wrong-parts"):
        rank(assembly, poll_id, AFON, (1, order))


def test_a_vote_that_was_given_up_leaves_the_list_as_it_stood(assembly: Assembly) -> None:
    election_id = make_election(assembly)
    ada = nominate(assembly, election_id, AFON, "Ada")
    list_now(assembly, election_id)
    poll_id = plan_vote(assembly, election_id)
    with acting_for_federation():
        polls.give_up(poll_id, "A wrong list")
        assert elections.state_of(elections.get_election(election_id)) == "listed"
    again = plan_vote(assembly, election_id)
    rank(assembly, again, CWM, (5, [ada]))
    assert declare(assembly, again)["elected"] == [str(ada)]


def test_a_seat_that_falls_free_is_filled_from_the_same_ballots_and_those_who_sit_stay(assembly: Assembly) -> None:
    election_id = make_election(assembly, seats=2, secret=True)
    ada, bo, cy, di = (nominate(assembly, election_id, AFON, name) for name in ("Ada", "Bo", "Cy", "Di"))
    list_now(assembly, election_id)
    poll_id = plan_vote(assembly, election_id)
    rank(assembly, poll_id, CWM, (5, [ada, di, cy]))
    rank(assembly, poll_id, BEACON, (2, [bo]))
    rank(assembly, poll_id, AFON, (1, [cy]))
    assert declare(assembly, poll_id)["elected"] == [str(ada), str(bo)]
    with acting_for_federation():
        with pytest.raises(InvalidInput, match="hold a seat"):
            vacancies.recount(election_id, [cy])
        assert vacancies.recount(election_id, [ada])["vacancy"]["filled"] == [str(di)]
        assert elections.get_election(election_id).vacancy is None
        vacancies.fill(election_id, [ada], [di])
        assert {one.id for one in elections.seated(elections.get_election(election_id))} == {bo, cy}
        vacancies.fill(election_id, [bo])
        election = elections.get_election(election_id)
        assert [one.id for one in elections.seated(election)] == [cy]
        assert election.vacancy is not None and election.vacancy["departed"] == [str(ada), str(bo)]
