"""The result of an election as its page shows it: who is elected, in words, round by round as charts, and as a table."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from federation.assembly.count.answer import DECIMALS
from federation.assembly.count.story import listed, number
from federation.assembly.models import Poll
from federation.assembly.result_words import number_word
from federation.assembly.services import boards
from federation.assembly.views.poll_words import METHOD_WORDS, state_tag, subject_of, timeline_of
from tenants import clock

Answer = Mapping[str, Any]
HEADROOM = Decimal("1.04")
"""The longest bar ends a little before the edge, so that a quota beside it can still be seen."""
RULE_WORDS = {
    "scottish": "Weighted inclusive Gregory method, votes to five decimals, cut off.",
    "meek": "Meek’s method, keep values to nine decimals.",
    "irv": "The alternative vote: the last leaves until one has a majority of what is left.",
    "approval": "Approval: the most ticks are elected.",
}
SHORT_METHODS = {
    "scottish": "Single transferable vote",
    "meek": "Single transferable vote (Meek)",
    "irv": "Alternative vote",
    "approval": "Approval vote",
}
_AMOUNT = re.compile(r"\b\d[\d,.]*\d votes|\b\d votes?|\b\d[\d,.]* of a vote")


def result_page(poll: Poll) -> dict[str, Any]:
    """What assembly/result_election.html shows of a declared election."""
    result: Mapping[str, Any] = poll.result or {}
    answer, subject = result["answer"], subject_of(poll)
    quorate = result["outcome"] != "not_quorate"
    coops = {str(choice["id"]): poll.names.get(str(choice.get("coop", "")), "") for choice in poll.choices}
    ranked = ranked_result(answer, coops)
    ranked["words"] = paragraphs([*result["words"][1:2], *(test["words"] for test in result["tests"]), *_told(answer)])
    if not quorate:
        ranked["cards"] = []
    return {
        "poll": poll,
        "subject": subject,
        "state": state_tag(poll),
        "heading": heading(answer) if quorate else _("Nobody is elected: too few took part"),
        "declared": _declared(poll, answer),
        "quorate": quorate,
        "ranked": ranked,
        "may_recount": not boards.withheld(boards.decoded(boards.list_rows(poll.id))),
        "method": _(METHOD_WORDS[poll.method]),
        "history": timeline_of(poll, subject),
    }


def ranked_result(answer: Answer, coops: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What assembly/result_ranked.html shows as `ranked`: any answer of the calculator; co-ops by candidate."""
    names = {row["id"]: row["name"] for row in answer["candidates"]}
    order = _by_first_round(answer, names)
    top = _longest(answer)
    quota = answer["quota"]
    return {
        "cards": [_card(answer, one, names, coops or {}) for one in _winners(answer)],
        "words": paragraphs(_told(answer)),
        "rounds": [_round(answer, place, names, order, top) for place in range(len(answer["rounds"]))],
        "quota": None if quota is None else number(quota),
        "heads": [_("Round %(number)s", number=done["number"]) for done in answer["rounds"]],
        "rows": [_line(answer, one, names) for one in _by_result(answer, order)],
        "spent": [_votes(answer, done["no_further_choice"]) for done in answer["rounds"]],
        "foot": f"{_(RULE_WORDS[answer['method']])} {_lots(answer)}",
    }


def heading(answer: Answer) -> str:
    """The result in one line."""
    names = {row["id"]: row["name"] for row in answer["candidates"]}
    elected = [names[one] for one in answer["elected"]]
    if answer["status"] == "infeasible":
        return _("Nobody is elected: the class rules cannot be kept")
    if not elected:
        return _("Nobody is elected")
    if len(elected) == 1:
        return _("%(name)s is elected", name=elected[0])
    return _("%(names)s win the %(count)s seats", names=listed(elected), count=number_word(len(elected)))


def paragraphs(words: Sequence[str]) -> list[list[Markup]]:
    """Sentences in two columns, with the first number of votes in each in bold.

    >>> paragraphs(["A candidate needed 38 votes, the quota.", "<Bo> had 52.", "The end."])[0][0]
    Markup('A candidate needed <strong>38 votes</strong>, the quota.')
    """
    bold = [
        Markup(_AMOUNT.sub(lambda found: f"<strong>{found[0]}</strong>", str(escape(one)), count=1)) for one in words
    ]
    half = (len(bold) + 1) // 2
    return [column for column in (bold[:half], bold[half:]) if column]


def _told(answer: Answer) -> list[str]:
    return list(answer["story"]["summary"])


def _declared(poll: Poll, answer: Answer) -> str:
    at = clock.moment_words(poll.declared_at) if poll.declared_at else ""
    cast, rounds = answer["ballots"]["cast"], len(answer["rounds"])
    told = ngettext("%(num)s vote", "%(num)s votes", cast)
    counted = _("one round") if rounds == 1 else _("%(n)s rounds", n=number_word(rounds))
    return f"{at}. {_(SHORT_METHODS[poll.method])}, {told}, {counted}."


def _winners(answer: Answer) -> list[str]:
    vacancy = answer.get("vacancy")
    return list(vacancy["filled"] if vacancy else answer["elected"])


def _card(answer: Answer, one: str, names: Mapping[str, str], coops: Mapping[str, str]) -> dict[str, Any]:
    """Who is elected, in which round, and how."""
    done = next(done for done in answer["rounds"] if one in done["elected"])
    votes, quota = done["votes"][one], done.get("quota", answer["quota"])
    if answer["method"] == "approval":
        small = _("%(n)s votes agree", n=number(votes))
    elif done["number"] == 1:
        small = _("%(n)s first preferences", n=number(votes))
    elif quota is not None and Decimal(votes) >= Decimal(quota):
        small = _("passed the quota with %(n)s", n=number(votes))
    else:
        small = _("finished with %(n)s", n=number(votes))
    return {
        "name": names[one],
        "round": _("Elected in round %(number)s", number=done["number"]),
        "small": small,
        "coop": coops.get(one, ""),
    }


def _round(answer: Answer, place: int, names: Mapping[str, str], order: Sequence[str], top: Decimal) -> dict[str, Any]:
    """One round as a chart: a row for each who was still in it when it began."""
    done = answer["rounds"][place]
    before = answer["rounds"][place - 1]["votes"] if place else {}
    gone = {one for earlier in answer["rounds"][:place] for one in earlier["excluded"]}
    elected = {one for earlier in answer["rounds"][: place + 1] for one in earlier["elected"]}
    quota = done.get("quota", answer["quota"])
    rows = []
    for one in (one for one in order if one not in gone):
        if one in done["excluded"]:
            rows.append({"label": names[one], "value": _("Out"), "out": True})
            continue
        votes = Decimal(done["votes"][one])
        held = min(votes, Decimal(before[one])) if one in before else votes
        parts = [["moss" if one in elected else "plum", _share(held, top)], ["honey", _share(votes - held, top)]]
        small = _("elected") if one in elected else ""
        rows.append({"label": names[one], "value": _votes(answer, done["votes"][one]), "small": small, "parts": parts})
    return {
        "title": _("Round %(number)s", number=done["number"]),
        "say": answer["story"]["rounds"][place],
        "rows": rows,
        "mark": None if quota is None else _share(Decimal(quota), top),
    }


def _line(answer: Answer, one: str, names: Mapping[str, str]) -> dict[str, Any]:
    """One candidate through all rounds; Out in the round in which they left, and nothing after it."""
    values, out = [], False
    for done in answer["rounds"]:
        leaves = one in done["excluded"]
        values.append("" if out else _("Out") if leaves else _votes(answer, done["votes"][one]))
        out = out or leaves
    won, kept = one in answer["elected"], one in answer.get("vacancy", {}).get("kept", ())
    tag = (_("Keeps the seat"), "teal") if kept else (_("Elected"), "ok") if won else (_("Not elected"), "")
    return {"name": names[one], "values": values, "tag": tag[0], "kind": tag[1]}


def _by_first_round(answer: Answer, names: Mapping[str, str]) -> list[str]:
    """Everybody who was counted, the most first choices first."""
    first = answer["rounds"][0]["votes"] if answer["rounds"] else {}
    return sorted(first, key=lambda one: (-Decimal(first[one]), names[one]))


def _by_result(answer: Answer, order: Sequence[str]) -> list[str]:
    """The elected as they were elected, then those who stayed longest."""
    left = {one: done["number"] for done in answer["rounds"] for one in done["excluded"]}
    others = [one for one in order if one not in answer["elected"]]
    return [*(one for one in answer["elected"] if one in order), *sorted(others, key=lambda one: -left.get(one, 10**6))]


def _longest(answer: Answer) -> Decimal:
    votes = [Decimal(votes) for done in answer["rounds"] for votes in done["votes"].values()]
    quotas = [Decimal(done["quota"]) for done in answer["rounds"] if "quota" in done]
    return max([*votes, *quotas, Decimal(answer["quota"] or 0), Decimal(1)]) * HEADROOM


def _share(votes: Decimal, top: Decimal) -> float:
    return round(float(100 * votes / top), 2)


def _votes(answer: Answer, votes: str | int) -> str:
    """Votes in a chart or a table: two places where the rule divides votes, else whole.

    >>> _votes({"method": "scottish"}, "1184.94784"), _votes({"method": "irv"}, 1184)
    ('1,184.95', '1,184')
    """
    return f"{Decimal(votes):,.2f}" if DECIMALS[answer["method"]] else f"{int(votes):,}"


def _lots(answer: Answer) -> str:
    drawn = [tie for tie in answer["ties"] if tie["by"] == "lot"]
    if not drawn:
        return _("No tie was drawn by lot.")
    return ngettext("One tie was drawn by public lot.", "%(num)s ties were drawn by public lot.", len(drawn))
