"""Decide a motion: the quorum, the majority of weight, the second majority, each class, and a tie."""

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from federation.assembly import lots
from federation.assembly.count.drawing import tell_lots
from federation.assembly.count.motion import Hurdle, Motion, Part, Voter
from federation.assembly.count.problem import Draw

Answer = dict[str, Any]


def decide(motion: Motion) -> Answer:
    """Whether a motion is carried, with every test it had to pass.

    >>> from federation.assembly.count.motion import read_motion
    >>> votes = [{"id": "ash", "weight": 3, "for": 3}, {"id": "elm", "weight": 2, "against": 2}]
    >>> answer = decide(read_motion({"method": "yes_no", "votes": votes, "threshold": {"percent": "50"}}))
    >>> answer["status"], answer["quota"], answer["tests"][0]["words"]
    ('carried', 3, '3 of 5 votes were for; 3 were needed.')
    """
    total = _total(motion)
    weight = sum(voter.weight for voter in motion.voters)
    quorum = list(_quorum_tests(motion))
    tests = list(_majority_tests(motion, total, weight))
    tie = _tie(motion, total) if all(test["met"] for test in quorum) else None
    if tie and tie["chosen"] == "for":
        tests[0]["met"] = True
        tests[0]["words"] += f" It passes by {tie['by'].replace('_', ' ')}."
    status = _status(quorum, tests, tie)
    return {
        "method": "yes_no",
        "title": motion.title,
        "status": status,
        "passed": status == "carried",
        "base": motion.base,
        "quota": tests[0]["needed"],
        "totals": {
            "for": total.yes,
            "against": total.no,
            "abstain": total.abstain,
            "not_cast": weight - sum(voter.cast for voter in motion.voters),
            "eligible": weight,
        },
        "coops": _coops(motion),
        "tests": [*quorum, *tests],
        "ties": [tie] if tie else [],
        "lots": tie.pop("lots") if tie and "lots" in tie else None,
    }


def _total(motion: Motion) -> Part:
    parts = motion.secret.values() if motion.secret is not None else [voter.part for voter in motion.voters]
    return _sum(list(parts))


def _sum(parts: list[Part]) -> Part:
    return Part(sum(part.yes for part in parts), sum(part.no for part in parts), sum(part.abstain for part in parts))


def _test(kind: str, have: int | Fraction, of: int | Fraction, needed: int | Fraction, words: str) -> Answer:
    numbers = {"needed": _plain(needed), "have": _plain(have), "of": _plain(of)}
    return {"test": kind, **numbers, "met": have >= needed, "words": words}


def _plain(number: int | Fraction) -> int | str:
    """A whole number as it is, a fraction as text."""
    return int(number) if number == int(number) else str(number)


def _quorum_tests(motion: Motion) -> Iterator[Answer]:
    """Who took part: an abstention does, and so does a co-op that is present and silent, with all its weight."""
    part = [voter for voter in motion.voters if voter.cast or voter.present]
    weight = sum(voter.weight if voter.present else voter.cast for voter in part)
    heads = (
        ("quorum_coops", motion.quorum_coops, len(part), len(motion.voters), "co-ops"),
        ("quorum_weight", motion.quorum_weight, weight, sum(voter.weight for voter in motion.voters), "votes"),
    )
    for kind, hurdle, have, of, what in heads:
        if hurdle is not None:
            needed = hurdle.needed(of)
            yield _test(kind, have, of, needed, f"{have:,} of {of:,} {what} took part; {needed:,} were needed.")


def _majority_tests(motion: Motion, total: Part, weight: int) -> Iterator[Answer]:
    of = total.of(motion.base, weight)
    needed = motion.threshold.needed(of)
    yield _test("majority", total.yes, of, needed, f"{total.yes:,} of {of:,} votes were for; {needed:,} were needed.")
    if motion.second is not None:
        yield _second(motion, motion.second)
    for group, hurdle in sorted(motion.classes.items()):
        voters = [voter for voter in motion.voters if voter.group == group]
        part = motion.secret[group] if motion.secret else _sum([voter.part for voter in voters])
        of = part.of(motion.base, sum(voter.weight for voter in voters))
        needed = hurdle.needed(of)
        words = f"{part.yes:,} of {of:,} votes of {group} were for; {needed:,} were needed."
        yield {**_test("class", part.yes, of, needed, words), "class": group}


def _second(motion: Motion, hurdle: Hurdle) -> Answer:
    """The second majority: of co-ops, each counting as the larger part of its votes; or of the members they stand for."""
    base = motion.second_base
    if motion.second_of == "coops":
        leaning = [_leaning(voter) for voter in motion.voters]
        have = leaning.count("for")
        counts = {"cast": ("for", "against"), "cast_with_abstentions": ("for", "against", "abstain")}.get(base)
        of = len(leaning) if counts is None else sum(leaning.count(side) for side in counts)
        needed = hurdle.needed(of)
        return _test("second_majority", have, of, needed, f"{have} of {of} co-ops were for; {needed} were needed.")
    voters = [voter for voter in motion.voters if voter.weight]
    stand_for = [(Fraction(voter.members or 0, voter.weight), voter) for voter in voters]
    yes = sum((each * voter.part.yes for each, voter in stand_for), Fraction(0))
    all_members = sum(voter.members or 0 for voter in motion.voters)
    of_members = sum((each * voter.part.of(base, voter.weight) for each, voter in stand_for), Fraction(0))
    of_members = Fraction(all_members) if base == "eligible" else of_members
    share = hurdle.share if hurdle.share is not None else Fraction(1)
    met = yes > 0 and (yes >= share * of_members if hurdle.at_least else yes > share * of_members)
    words = (
        f"Co-ops for it stand for {float(yes):,.1f} of {float(of_members):,.1f} members; "
        f"{'at least' if hurdle.at_least else 'more than'} {float(share * of_members):,.1f} were needed."
    )
    return {**_test("second_majority", yes, of_members, share * of_members, words), "met": met}


def _leaning(voter: Voter) -> str:
    """What a co-op counts as when co-ops are counted: the larger part of what it cast; an even split abstains."""
    part = voter.part
    if part.yes != part.no:
        return "for" if part.yes > part.no else "against"
    return "abstain" if part.cast else "absent"


def _coops(motion: Motion) -> Answer:
    took_part = sum(1 for voter in motion.voters if voter.cast or voter.present)
    if motion.secret is not None:
        return {"eligible": len(motion.voters), "took_part": took_part}
    leaning = [_leaning(voter) for voter in motion.voters]
    split = sorted(voter.id for voter in motion.voters if (voter.part.yes > 0) + (voter.part.no > 0) == 2)
    counts = {side: leaning.count(side) for side in ("for", "against", "abstain")}
    return {"eligible": len(leaning), "took_part": took_part, **counts, "split": split}


def _tie(motion: Motion, total: Part) -> Answer | None:
    """As many for as against where more than half of the votes cast is needed: the rule's own way out."""
    half = motion.threshold.share == Fraction(1, 2) and not motion.threshold.at_least and motion.base == "cast"
    if not half or total.yes != total.no or not total.yes:
        return None
    tie: Answer = {"purpose": "motion", "candidates": ["against", "for"], "chosen": "against", "by": "rule"}
    if motion.tie == "casting_vote":
        return {**tie, "by": "casting_vote", "chosen": motion.casting_vote}
    if motion.tie == "lot":
        drawn = motion.draw or Draw(_seed_of_votes(motion))
        order = lots.order(["against", "for"], drawn.seed, drawn.head, drawn.dice)
        return {**tie, "by": "lot", "chosen": order[0], "lots": tell_lots(drawn, motion.draw is not None, True, order)}
    return tie


def _seed_of_votes(motion: Motion) -> str:
    """A seed that follows from the votes, in whatever order they stand: SHA-256, in hex."""
    votes = sorted([voter.id, voter.weight, voter.cast, *vars(voter.part).values()] for voter in motion.voters)
    body = {"votes": votes, "total": list(vars(_total(motion)).values())}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _status(quorum: list[Answer], tests: list[Answer], tie: Answer | None) -> str:
    if not all(test["met"] for test in quorum):
        return "no_quorum"
    if tie and tie["chosen"] is None and all(test["met"] for test in tests[1:]):
        return "tied"
    return "carried" if all(test["met"] for test in tests) else "not_carried"
