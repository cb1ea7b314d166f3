"""A result in plain words, from its answer: a headline, what decided it, and a sentence or two for each round."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Answer = Mapping[str, Any]
Story = dict[str, Any]
_NOTHING = Decimal("0.000005")
_PARTS = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 6: "a sixth", 7: "a seventh", 8: "an eighth"}
_WHY_TIED = {"exclude": "leaves", "elect": "takes the seat", "surplus": "has the spare votes moved first"}


def story_of_election(answer: Answer) -> Story:
    """Headline, summary and rounds, each as sentences; works on any answer of the calculator, however old."""
    names = {row["id"]: row["name"] for row in answer["candidates"]}
    rounds = [_round(answer, number, names) for number in range(1, len(answer["rounds"]) + 1)]
    return {"headline": _headline(answer, names), "summary": _summary(answer, names), "rounds": rounds}


def story_of_motion(answer: Answer, names: Mapping[str, str] | None = None) -> Story:
    """A headline and the summary of a motion's result; `names` are the co-ops' names by id, where they are known."""
    heads = {"carried": "Carried", "not_carried": "Not carried", "no_quorum": "Not decided: too few took part"}
    totals, coops = answer["totals"], answer["coops"]
    summary = [
        f"Of {totals['eligible']:,} votes, {totals['for']:,} were for and {totals['against']:,} against. "
        f"{totals['abstain']:,} abstained and {totals['not_cast']:,} were not cast.",
        *(test["words"] for test in answer["tests"]),
    ]
    if not any(test["test"] == "quorum_coops" for test in answer["tests"]):
        summary.insert(1, f"{coops['took_part']:,} of {coops['eligible']:,} co-ops took part.")
    known = dict(names or {})
    if split := [known[one] if one in known else str(one) for one in coops.get("split", [])]:
        ends = "its votes and counts" if len(split) == 1 else "their votes and count"
        summary.append(f"{listed(split)} split {ends} as the larger part.")
    for tie in answer["ties"]:
        summary.append(_motion_tie(tie))
    return {"headline": heads.get(answer["status"], "Tied: the chair must decide"), "summary": summary, "rounds": []}


def number(value: str | int) -> str:
    """Votes for people: whole where they are, else to two places, and to five where that would show nothing.

    >>> number("38.00000"), number("1184.94784"), number("0.00031"), number("25.000000001")
    ('38', '1,184.95', '0.00031', '25')
    """
    exact = Decimal(value)
    if abs(exact - exact.to_integral_value()) < _NOTHING:
        return f"{int(exact.to_integral_value()):,}"
    rounded = exact.quantize(Decimal("0.01"))
    return f"{rounded:,}" if rounded else f"{exact.normalize():f}"


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence; with semicolons where a name has a comma itself.

    >>> listed(["Ann"]), listed(["Ann", "Bo", "Cy"]), listed(["Ann, Ash", "Bo"])
    ('Ann', 'Ann, Bo and Cy', 'Ann, Ash; and Bo')
    """
    if len(names) > 1 and any("," in name for name in names):
        return f"{'; '.join(names[:-1])}; and {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _motion_tie(tie: Answer) -> str:
    if tie["chosen"] is None:
        return "As many votes were for as against; the chair has the casting vote."
    ways = {"rule": "so it fails", "lot": f"and the lot fell {tie['chosen']}"}
    return f"As many votes were for as against, {ways.get(tie['by'], 'and the casting vote was ' + tie['chosen'])}."


def _headline(answer: Answer, names: Mapping[str, str]) -> str:
    if answer["status"] == "infeasible":
        return "Nobody is elected: the class rules cannot be kept"
    vacancy = answer.get("vacancy")
    elected = [names[one] for one in (vacancy["filled"] if vacancy else answer["elected"])]
    if not elected:
        return "Nobody is elected"
    verb = "is" if len(elected) == 1 else "are"
    return f"{listed(elected)} {verb} elected{' to the free seat' if vacancy and len(elected) == 1 else ''}"


def _summary(answer: Answer, names: Mapping[str, str]) -> list[str]:
    """What the quota means, how the last to leave fell short, how ties fell, and the notes."""
    found = []
    if answer["quota"] is not None:
        found.append(_quota_words(answer))
    if last := _last_to_leave(answer, names):
        found.append(last)
    if vacancy := answer.get("vacancy"):
        if vacancy["kept"]:
            kept = [names[one] for one in vacancy["kept"]]
            found.append(f"{listed(kept)} {'keeps' if len(kept) == 1 else 'keep'} the seat held before.")
        found.append(vacancy["rule"])
    found += [_tie(tie, names) for tie in answer["ties"]]
    return found + list(answer["notes"])


def _quota_words(answer: Answer) -> str:
    valid = f"the {answer['ballots']['valid']:,} votes" if answer["method"] != "irv" else "the votes still in the count"
    part = _PARTS.get(answer["seats"] + 1, f"one part in {answer['seats'] + 1}")
    what = {"irv": "majority at the end", "meek": "quota at the end"}.get(answer["method"], "quota")
    return f"A candidate needed {number(answer['quota'])} votes, the {what}: more than {part} of {valid}."


def _last_to_leave(answer: Answer, names: Mapping[str, str]) -> str:
    """How far the last candidate who was excluded for too few votes was from the next above."""
    leaving = [done for done in answer["rounds"] if done["excluded"] and done["transferred"]["reason"] == "fewest"]
    if not leaving:
        return ""
    place = leaving[-1]["number"] - 1
    out = leaving[-1]["excluded"][0]
    before = answer["rounds"][place - 1]["votes"]
    settled = {one for done in answer["rounds"][:place] for one in (*done["elected"], *done["excluded"])}
    above = [(Decimal(votes), one) for one, votes in before.items() if one not in settled and one != out]
    if not above:
        return ""
    least, rival = min(above)
    short = least - Decimal(before[out])
    if short <= 0:
        return ""
    return f"The last to leave was {names[out]} in round {place + 1}, {number(str(short))} votes behind {names[rival]}."


def _round(answer: Answer, count: int, names: Mapping[str, str]) -> str:
    """What happened in a round."""
    done = answer["rounds"][count - 1]
    words = [_opening(answer, done, names), _elected(answer, done, names)]
    words += [_tie(tie, names) for tie in answer["ties"] if tie["round"] == count]
    return " ".join(filter(None, words))


def _opening(answer: Answer, done: Answer, names: Mapping[str, str]) -> str:
    moved = done["transferred"]
    if moved is None:
        return "Approvals." if answer["method"] == "approval" else "First choices."
    sources = listed([names[one] for one in moved["from"]])
    if moved["reason"] == "surplus":
        return f"{sources}’s {number(moved['votes'])} spare votes move on.{_where(moved, names)}"
    why = "has fewest and leaves" if moved["reason"] == "fewest" else "leaves, as the class rules leave no seat"
    return f"{sources} {why}.{_where(moved, names)}"


def _where(moved: Answer, names: Mapping[str, str]) -> str:
    """Where most of what moved has gone."""
    total = Decimal(moved["votes"])
    if not total:
        return ""
    if Decimal(moved["lost"]) * 2 > total:
        return " Most find no further choice."
    best = next(iter(moved["to"].items()), None)
    return f" Most go to {names[best[0]]}." if best and Decimal(best[1]) * 2 > total else ""


def _elected(answer: Answer, done: Answer, names: Mapping[str, str]) -> str:
    quota = Decimal(done["quota"]) if "quota" in done else None
    if not done["elected"]:
        return "" if quota is None else f"Nobody reaches the {_called(answer)} of {number(done['quota'])}."
    words = []
    for one in done["elected"]:
        votes = done["votes"][one]
        if quota is not None and Decimal(votes) >= quota:
            words.append(_with_quota(answer, done, names[one], votes))
        elif quota is not None:
            words.append(f"{names[one]} is elected with {number(votes)}, as nobody is left to compete for the seat.")
        else:
            words.append(f"{names[one]} is elected with {number(votes)}.")
    return " ".join(words)


def _with_quota(answer: Answer, done: Answer, name: str, votes: str | int) -> str:
    what = f"the {_called(answer)} of {number(done['quota'])}"
    if number(votes) == number(done["quota"]):
        return f"{name} has just {what}, and is elected."
    if done["number"] == 1:
        return f"{name} has {number(votes)}, over {what}, and is elected."
    return f"{name} reaches {number(votes)}, passes {what} and is elected."


def _called(answer: Answer) -> str:
    return "majority" if answer["method"] == "irv" else "quota"


def _tie(tie: Answer, names: Mapping[str, str]) -> str:
    tied, chosen = listed([names[one] for one in tie["candidates"]]), names[tie["chosen"]]
    if tie["by"] == "lot":
        how = "a lot decided"
    else:
        how = f"round {tie['earlier_round']}, the last in which they differed, decided"
    return f"{tied} had the same votes; {how}: {chosen} {_WHY_TIED[tie['purpose']]}."
