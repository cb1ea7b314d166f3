"""Declaring a result: counted, tied votes drawn by public lot, written on the board, told to all, and carried out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly import result_words as words_of
from federation.assembly.models import Poll, PollSeed, Turnout
from federation.assembly.rule import read_rule
from federation.assembly.services import (
    amendments,
    boards,
    closing,
    counting,
    elections,
    meter,
    motions,
    poll_letters,
    polls,
)
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, RuleBroken
from tenants.scope import current_scope

DICE = re.compile(r"[1-6](?:[ ,;]*[1-6]){2,19}", re.ASCII)
"""At least three dice, as they were read out."""


@dataclass(frozen=True)
class Look:
    """What tellers see before a result is declared: the exact count, what a tie still needs, and what secrecy advises."""

    answer: Mapping[str, Any]
    needs_dice: bool
    needs_chair: bool
    secrecy: Mapping[str, Any] | None


def look(poll_id: UUID) -> Look:
    """Count a closed or declared poll without telling anybody. Office scope. Raises: NotFound, RuleBroken before closing."""
    poll = polls.get_poll(poll_id)
    ballots, voted = closing.read_ballots(poll), _voted(poll)
    answer = counting.count(poll, ballots, voted)
    secrecy = meter.after(poll, voted, closing.totals_of(ballots)) if poll.secret else None
    return Look(answer, counting.needs_lot(answer), counting.needs_chair(answer), secrecy)


def declare(poll_id: UUID, dice: str = "", casting_vote: str | None = None) -> Poll:
    """Declare the result of a closed poll. Office scope.

    `dice`: what was thrown in public after closing, needed where a tie falls by lot; `casting_vote`: the chair's.

    Raises: NotFound, RuleBroken before closing or while a tie waits for dice or the chair, InvalidInput.
    """
    poll = polls.lock_poll(poll_id)
    if poll.state != "closed":
        raise RuleBroken("no-such-move", "A result is declared once, after voting has closed.")
    dice = _read_dice(dice)
    if casting_vote not in (None, "for", "against"):
        raise InvalidInput({"casting_vote": "must be for or against"})
    ballots, voted = closing.read_ballots(poll), _voted(poll)
    draw = {"seed": _seed(poll), "head": boards.head(poll_id), "dice": dice}
    answer = counting.count(poll, ballots, voted, draw=draw, casting_vote=casting_vote)
    if counting.needs_lot(answer) and not dice:
        raise RuleBroken("dice-needed", "A tie falls by public lot: throw dice in public and enter what they show.")
    if answer["status"] == "tied":
        raise RuleBroken("chair-needed", "As many votes are for as against: enter the chair's casting vote.")
    drawn = answer.get("lots")
    if drawn and (counting.needs_lot(answer) or poll.method != "yes_no"):
        boards.append(poll_id, "lots", {key: drawn[key] for key in ("seed", "head", "dice", "order")})
    withheld = boards.withheld(boards.decoded(boards.list_rows(poll_id)))
    result = (_motion_result if poll.method == "yes_no" else _election_result)(poll, answer, ballots, bool(withheld))
    head = boards.append(poll_id, "result", _brief(poll, answer, result, casting_vote))
    poll.state, poll.declared_at, poll.declared_by = "declared", clock.now(), current_scope().person_id
    poll.result, poll.dice = result, dice
    db.session.flush()
    _settle(poll)
    poll_letters.declared(poll, result["words"], head)
    audit.record("declare-result", "poll", poll_id, {"number": poll.number, "outcome": result["outcome"], "head": head})
    return poll


def _settle(poll: Poll) -> None:
    settle = {"motion": motions.settle, "amendment": amendments.settle, "election": elections.settle}
    settle[poll.subject_kind](poll.subject_id, poll)


def _motion_result(poll: Poll, answer: dict[str, Any], ballots: closing.Ballots, withheld: bool) -> dict[str, Any]:
    outcome = words_of.OUTCOMES[answer["status"]]
    rule = read_rule(poll.rule).as_json()
    cards = [words_of.card_of(test, rule) for test in answer["tests"]]
    lines = [
        {"coop": row["coop"], "name": row["name"], "units": poll.weights[row["coop"]], **row["parts"]}
        for row in ballots
        if "coop" in row
    ]
    totals = {key: answer["totals"][key] for key in ("for", "against", "abstain", "not_cast")}
    words = words_of.motion_words(answer, poll.names, lines)
    if withheld:
        coops = answer["coops"]
        words = words_of.outcome_only(outcome, coops["took_part"], coops["eligible"])
        totals = {**dict.fromkeys(("for", "against", "abstain")), "not_cast": totals["not_cast"]}
        cards = [card for card in cards if card["test"].startswith("quorum")]
    return {
        "outcome": outcome,
        "status": answer["status"],
        "exact": not withheld,
        "tests": cards,
        "totals": totals,
        "lines": lines,
        "words": words,
    }


def _election_result(poll: Poll, answer: dict[str, Any], ballots: closing.Ballots, withheld: bool) -> dict[str, Any]:
    rule = read_rule(poll.rule).as_json()
    voted = _voted(poll)
    cards = [words_of.card_of(test, rule) for test in counting.quorum_tests(poll, voted)]
    quorate = all(card["met"] for card in cards)
    story = answer["story"]
    names = {choice["id"]: choice["name"] for choice in poll.choices}
    headline = f"{story['headline']}." if quorate else "Nobody is elected: too few took part."
    took_part = (
        f"{words_of.number_word(len(voted)).capitalize()} of {words_of.number_word(len(poll.weights))} co-ops voted."
    )
    return {
        "outcome": "elected" if quorate and answer["elected"] else "nobody" if quorate else "not_quorate",
        "status": answer["status"],
        "exact": True,
        "elected": answer["elected"] if quorate else [],
        "elected_names": [names[one] for one in answer["elected"]] if quorate else [],
        "tests": cards,
        "answer": answer,
        "words": [headline, took_part, *story["summary"]],
    }


def _brief(poll: Poll, answer: dict[str, Any], result: dict[str, Any], casting_vote: str | None) -> dict[str, Any]:
    """The result as the board has it: what a recount is set beside."""
    if poll.method == "yes_no":
        brief: dict[str, Any] = {"status": answer["status"], "casting_vote": casting_vote}
        return brief | ({"totals": {side: answer["totals"][side] for side in closing.SIDES}} if result["exact"] else {})
    rounds = [{"votes": done["votes"]} for done in answer["rounds"]]
    return {
        "status": answer["status"],
        "elected": answer["elected"],
        "quota": answer["quota"],
        "rounds": rounds,
        "quorate": result["outcome"] != "not_quorate",
    }


def _voted(poll: Poll) -> dict[str, int]:
    rows = db.session.execute(
        select(Turnout.tenant_id, func.sum(Turnout.units)).where(Turnout.poll_id == poll.id).group_by(Turnout.tenant_id)
    )
    return {str(coop): int(units) for coop, units in rows}


def _seed(poll: Poll) -> str:
    return db.session.scalars(select(PollSeed.seed).where(PollSeed.poll_id == poll.id)).one()


def _read_dice(dice: str) -> str:
    """Dice as they are written down, a space between; nothing where none were thrown. Raises: InvalidInput."""
    text = dice.strip()
    if text and not DICE.fullmatch(text):
        raise InvalidInput({"dice": "Enter what at least three dice showed, like 4 1 6"})
    return " ".join(re.findall(r"[1-6]", text))
