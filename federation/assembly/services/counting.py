"""From the ballots of a closed poll to the calculator's problem, and its answer."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from federation.assembly.count.solve import count_problem
from federation.assembly.models import Poll
from federation.assembly.rule import Rule, read_rule
from federation.assembly.services import closing

TIES = {"falls": "fails", "chair": "casting_vote", "lot": "lot"}
"""Tie rules of a decision to those of the calculator."""
Draw = Mapping[str, str]
"""{"seed", "head", "dice"}: see `federation.assembly.lots`."""


def count(
    poll: Poll,
    ballots: closing.Ballots,
    voted: Mapping[str, int],
    *,
    draw: Draw | None = None,
    casting_vote: str | None = None,
) -> dict[str, Any]:
    """Count a poll; `voted` is the votes that each co-op has cast. The answer is the calculator's."""
    if poll.method != "yes_no":
        return count_problem(election_problem(poll, ballots, draw), {})
    return count_problem(motion_problem(poll, ballots, voted, draw=draw, casting_vote=casting_vote), {})


def motion_problem(
    poll: Poll,
    ballots: closing.Ballots,
    voted: Mapping[str, int],
    *,
    draw: Draw | None = None,
    casting_vote: str | None = None,
) -> dict[str, Any]:
    """A motion as the calculator takes it."""
    rule = read_rule(poll.rule)
    sides = {ballot["coop"]: ballot["parts"] for ballot in ballots if "coop" in ballot}
    rows = []
    for coop, weight in sorted(poll.weights.items()):
        cast = {"cast": voted.get(coop, 0)} if poll.secret else sides.get(coop, {})
        row: dict[str, Any] = {"id": coop, "weight": weight, "members": poll.sizes.get(coop, 0), **cast}
        if poll.classes.get(coop):
            row["class"] = poll.classes[coop]
        rows.append(row)
    problem: dict[str, Any] = {
        "method": "yes_no",
        "title": poll.title,
        "votes": rows,
        "threshold": {"percent": rule.threshold.percent, "at_least": not rule.threshold.strictly},
        "base": rule.base,
        "quorum": _quorum(rule),
        "tie": TIES[rule.tie_rule],
        **_further(rule, poll),
    }
    if poll.secret:
        problem["secret"] = [closing.totals_of(ballots)]
    if casting_vote is not None and rule.tie_rule == "chair":
        problem["casting_vote"] = casting_vote
    return problem | ({"lots": dict(draw)} if draw else {})


def election_problem(poll: Poll, ballots: closing.Ballots, draw: Draw | None = None) -> dict[str, Any]:
    """An election as the calculator takes it: equal rankings are put together."""
    grouped: Counter[tuple[str, ...]] = Counter()
    for ballot in ballots:
        grouped[tuple(ballot["ranking"])] += ballot.get("units", 1)
    candidates = [
        {"id": choice["id"], "name": choice["name"], **({"class": choice["class"]} if choice.get("class") else {})}
        for choice in poll.choices
    ]
    problem: dict[str, Any] = {
        "title": poll.title,
        "method": poll.method,
        "seats": poll.seats,
        "candidates": candidates,
        "ballots": [{"ranking": list(ranking), "weight": votes} for ranking, votes in sorted(grouped.items())],
        "constraints": [rule for rule in poll.constraints if rule["class"] in {one.get("class") for one in candidates}],
    }
    return problem | ({"lots": dict(draw)} if draw else {})


def needs_lot(answer: Mapping[str, Any]) -> bool:
    """Whether a tie of this count fell, or must fall, by lot."""
    return any(tie["by"] == "lot" for tie in answer["ties"])


def needs_chair(answer: Mapping[str, Any]) -> bool:
    """Whether the chair's casting vote must decide."""
    return any(tie["by"] == "casting_vote" for tie in answer["ties"])


def quorum_tests(poll: Poll, voted: Mapping[str, int]) -> list[dict[str, Any]]:
    """The two heads of the quorum, for an election: [{test, have, of, needed, met}] where the rule asks for them."""
    rule = read_rule(poll.rule)
    heads = (
        ("quorum_coops", rule.quorum.coops_percent, len(voted), len(poll.weights)),
        ("quorum_weight", rule.quorum.weight_percent, sum(voted.values()), sum(poll.weights.values())),
    )
    found = []
    for test, percent, have, of in heads:
        if Fraction(percent):
            exact = Fraction(percent) * of / 100
            needed = max(1, -(-exact.numerator // exact.denominator))
            found.append({"test": test, "have": have, "of": of, "needed": needed, "met": have >= needed})
    return found


def _quorum(rule: Rule) -> dict[str, str]:
    asked = {"coops_percent": rule.quorum.coops_percent, "weight_percent": rule.quorum.weight_percent}
    return {key: percent for key, percent in asked.items() if Fraction(percent)}


def _further(rule: Rule, poll: Poll) -> dict[str, Any]:
    """The second majority and the majority in each class, where the rule asks for them."""
    found: dict[str, Any] = {}
    if rule.second_majority:
        found["second_majority"] = {"of": rule.second_majority["of"], "percent": rule.second_majority["percent"]}
    if rule.class_rule:
        groups = sorted({group for group in poll.classes.values() if group})
        found["classes"] = [{"class": group, "percent": rule.class_rule["percent"]} for group in groups]
    return found
