"""The award page: another set of suppliers is tried, compared, and the earlier one approved after all."""

from procurement.award.solve import award_answer
from procurement.services import awards, rounds
from tenants.db import acting_for_federation
from tenants.scope import FEDERATION
from tests.factories.rounds import WANTED, make_closed_round, make_coop_with_address, make_market
from tests.factories.tenants import make_officer


def propose(round_id, pinned=()):
    with acting_for_federation():
        award = awards.run_award(round_id, pinned=pinned)
        problem = awards.problem_of(award)
        awards.keep_answer(award, problem, award_answer(problem, {"story_seconds": 0, "pinned": pinned}))
        return award.id, award.cost_pence


def test_an_earlier_try_is_compared_and_can_be_approved_after_all(app, client, sign_in) -> None:
    items = make_market()
    round_id = make_closed_round(items, {make_coop_with_address(name): packs for name, packs in WANTED.items()})
    first, cost = propose(round_id)
    propose(round_id, pinned=("south",))
    token = sign_in(client, make_officer(), FEDERATION).csrf_token
    page = client.get(f"/rounds/{round_id}/award").text
    assert "Other tries for this round" in page
    assert f"award={first}" in page
    answer = client.post(
        f"/rounds/{round_id}/award/decide",
        data={
            "csrf_token": token,
            "award": str(first),
            "cost_pence": str(cost),
            "decision": "approve",
            "reason": "Cheaper.",
        },
    )
    assert answer.status_code == 303
    with acting_for_federation():
        assert awards.get_award(first).state == "approved"
        assert rounds.get_round(round_id).state == "awarded"


def test_an_award_of_another_round_is_not_found(app, client, sign_in) -> None:
    items = make_market()
    wanted = {make_coop_with_address(name): packs for name, packs in WANTED.items()}
    one, other = make_closed_round(items, wanted), make_closed_round(items, wanted, "Spring PPE")
    foreign, _ = propose(other)
    propose(one)
    sign_in(client, make_officer(), FEDERATION)
    assert client.get(f"/rounds/{one}/award?award={foreign}").status_code == 404
