"""The result of a vote in plain sentences and as tests with their numbers: what the page, the letter and the PDF say."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
OUTCOMES = {"carried": "carried", "not_carried": "lost", "no_quorum": "not_quorate"}
"""The calculator's status to ours."""
PARTS = {"50": "half", "66.6": "two thirds", "75": "three quarters", "80": "four fifths", "60": "three fifths"}


def share_words(percent: str) -> str:
    """A percentage as people say it, where they have a word for it.

    >>> share_words("66.67"), share_words("50"), share_words("75.0"), share_words("55")
    ('two thirds', 'half', 'three quarters', '55%')
    """
    if percent.startswith(("66.66", "66.67")):
        return "two thirds"
    plain = f"{float(percent):g}"
    return PARTS.get(plain, f"{plain}%")


def number_word(number: int) -> str:
    """A number up to twelve as a word.

    >>> number_word(7), number_word(0), number_word(97)
    ('seven', 'no', '97')
    """
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def card_of(test: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    """A test of the calculator's answer as a card: name, have, need, met, value, small, percent, mark_percent, words."""
    have, of, needed = (Fraction(str(test[key])) for key in ("have", "of", "needed"))
    percent, mark = (float(100 * number / of) if of else 0.0 for number in (have, needed))
    kind = test["test"]
    name, value, small = _card_words(kind, test, rule, (have, of, needed))
    return {
        "test": kind,
        "name": name,
        "have": _plain(have),
        "of": _plain(of),
        "need": _plain(needed),
        "met": bool(test["met"]),
        "value": value,
        "small": small,
        "words": test.get("words") or f"{value} {small}.",
        "percent": round(min(100.0, percent), 2),
        "mark_percent": round(min(100.0, mark), 2),
    }


def motion_words(answer: Mapping[str, Any], names: Mapping[str, str], lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """How the votes fell, in sentences: all of them, then the co-ops, then those that split, then a tie."""
    totals, coops = answer["totals"], answer["coops"]
    words = [
        f"Of {totals['eligible']:,} votes, {_count(totals['for'])} for and {_some(totals['against']).lower()} against. "
        f"{_some(totals['abstain'])} abstained and {_count(totals['not_cast'])} not cast."
    ]
    voted = f"{number_word(coops['took_part']).capitalize()} of {number_word(coops['eligible'])} co-ops voted"
    if "for" in coops:
        voted += (
            f": {_how_many(coops['for'])} for, {_how_many(coops['against'])} against and "
            f"{_how_many(coops['abstain']).split()[0]} abstained"
        )
    words.append(voted + ".")
    split = {line["coop"]: line for line in lines if line["coop"] in coops.get("split", ())}
    for coop, line in list(split.items())[:3]:
        counts = "for" if line["for"] > line["against"] else "against" if line["for"] < line["against"] else "neither"
        words.append(
            f"{names.get(coop, coop)} split its votes {line['for']} to {line['against']}, and counts as {counts}."
        )
    if len(split) > 3:
        words.append(f"{number_word(len(split) - 3).capitalize()} other co-ops split their votes too.")
    return words + [_tie_words(tie) for tie in answer["ties"]]


def outcome_only(outcome: str, coops: int, of: int) -> list[str]:
    """What is told of a secret vote whose totals would give single votes away."""
    heads = {"carried": "The motion is carried.", "lost": "The motion falls.", "not_quorate": "Too few took part."}
    return [
        heads[outcome],
        f"{number_word(coops).capitalize()} of {number_word(of)} co-ops voted.",
        "The exact totals would tell how single co-ops voted in secret, so they stay with the tellers.",
    ]


def _card_words(
    kind: str, test: Mapping[str, Any], rule: Mapping[str, Any], numbers: tuple[Fraction, Fraction, Fraction]
) -> tuple[str, str, str]:
    have, of, needed = numbers
    if kind in ("quorum_coops", "quorum_weight"):
        what = "co-ops" if kind == "quorum_coops" else "votes"
        return (
            f"Quorum: {what}",
            f"{_shown(have)} of {_shown(of)} {what}",
            f"took part; {_shown(needed)} {_need(needed)}",
        )
    if kind == "second_majority":
        what = (rule.get("second_majority") or {}).get("of", "coops")
        if what == "members":
            more = f"stand behind it; more than {_shown(needed)} were needed"
            return "Second majority: members", f"{_shown(have)} of {_shown(of)} members", more
        return (
            "Second majority: co-ops",
            f"{_shown(have)} of {_shown(of)} co-ops",
            f"were for; {_shown(needed)} {_need(needed)}",
        )
    share = share_words(rule["threshold"]["percent"])
    more_than = "more than " if rule["threshold"]["strictly"] else ""
    value = f"{_shown(have)} of {_shown(of)}" + (f", or {float(100 * have / of):.1f}%" if of else "")
    if kind == "class":
        return f"Majority of {test['class']}", value, f"were for; {_shown(needed)} {_need(needed)}"
    name = "First majority: votes" if rule.get("second_majority") else "Majority of votes"
    return name, value, f"were for; {more_than}{share} ({_shown(needed)}) {_need(needed)}"


def _tie_words(tie: Mapping[str, Any]) -> str:
    if tie["by"] == "lot":
        return f"As many were for as against, and the public lot fell {tie['chosen']}."
    if tie["by"] == "casting_vote":
        return f"As many were for as against, and the chair's casting vote was {tie['chosen']}."
    return "As many were for as against, so the motion falls."


def _plain(number: Fraction) -> int | str:
    return int(number) if number.denominator == 1 else f"{float(number):.1f}"


def _shown(number: Fraction) -> str:
    return f"{int(number):,}" if number.denominator == 1 else f"{float(number):,.1f}"


def _count(votes: int) -> str:
    """How many votes were something.

    >>> [_count(votes) for votes in (0, 1, 63)]
    ['none was', '1 was', '63 were']
    """
    return f"{votes or 'none'} was" if votes < 2 else f"{votes:,} were"


def _some(votes: int) -> str:
    return f"{votes:,}" if votes else "None"


def _how_many(count: int) -> str:
    """How many co-ops were something.

    >>> [_how_many(count) for count in (0, 1, 5)]
    ['none was', 'one was', 'five were']
    """
    return f"{number_word(count) if count else 'none'} {'was' if count < 2 else 'were'}"


def _need(needed: Fraction) -> str:
    return "was needed" if needed == 1 else "were needed"
