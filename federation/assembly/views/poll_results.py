"""What the pages of a declared vote show: the result, its files, the certificate's words, and the board."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from federation.assembly.mandate import SIDES
from federation.assembly.models import BoardRow, Policy, Poll
from federation.assembly.result_words import share_words
from federation.assembly.rule import TIE_RULES, read_rule
from federation.assembly.services import boards
from federation.assembly.views.poll_words import METHOD_WORDS, state_tag, subject_of
from tenants import clock
from tenants.db import db
from tenants.downloads import Column

COLUMNS = (
    Column("name", "Co-op"),
    Column("units", "Votes", "packs"),
    Column("for", "For", "packs"),
    Column("against", "Against", "packs"),
    Column("abstain", "Abstain", "packs"),
    Column("not_cast", "Not cast", "packs"),
)
RANKED_COLUMNS = (
    Column("round", "Round", "packs"),
    Column("name", "Candidate"),
    Column("votes", "Votes"),
    Column("outcome", "Outcome"),
)
KIND_WORDS = {
    "opened": "Voting opened: rule, weights and text fixed",
    "changed": "Something changed",
    "ballots": "All ballots",
    "closed": "Voting closed: the turnout",
    "lots": "Lots drawn",
    "result": "The result",
}
LONGEST_BODY = 1500
"""A body on the page is cut after so many letters; the bundle has all of it."""


def result_page(poll: Poll) -> dict[str, Any]:
    """What assembly/result.html shows of a declared vote."""
    result = poll.result or {}
    subject = subject_of(poll)
    return {
        "poll": poll,
        "subject": subject,
        "state": state_tag(poll),
        "heading": heading(poll),
        "declared": _declared_words(poll),
        "result": result,
        "exact": result.get("exact", True),
        "tests": cards(poll),
        "rows": coop_rows(poll),
        "after": _after(poll),
        "may_recount": poll.state == "declared" and not boards.withheld(boards.decoded(boards.list_rows(poll.id))),
        "method": _(METHOD_WORDS[poll.method]),
    }


def cards(poll: Poll) -> list[dict[str, Any]]:
    """The tests of the result as cards; one that only tells its words is shown by them."""
    return [{"value": card["words"], "small": ""} | card for card in (poll.result or {}).get("tests", ())]


def heading(poll: Poll) -> str:
    """The result in one line, as the heading says it."""
    result = poll.result or {}
    outcome = result.get("outcome")
    if outcome == "carried":
        return _("Passed: %(title)s", title=poll.title)
    if outcome == "lost":
        return _("Not passed: %(title)s", title=poll.title)
    if outcome == "elected":
        return _("Elected: %(names)s", names=", ".join(result["elected_names"]))
    if outcome == "not_quorate":
        return _("Too few took part: %(title)s", title=poll.title)
    return _("Nobody is elected: %(title)s", title=poll.title)


def coop_rows(poll: Poll) -> list[dict[str, Any]]:
    """How each co-op voted, largest first, with parts for a strip; nothing where the vote was secret or ranked."""
    result = poll.result or {}
    if poll.secret or poll.method != "yes_no":
        return []
    lines = {line["coop"]: line for line in result.get("lines", ())}
    widest = max(poll.weights.values(), default=1) or 1
    rows = []
    for coop, weight in sorted(poll.weights.items(), key=lambda item: (-item[1], poll.names.get(item[0], ""))):
        line: Mapping[str, Any] = lines.get(coop, {})
        counts = {side: line.get(side, 0) for side in SIDES}
        cast = sum(counts.values())
        colours = {"for": "plum", "against": "honey", "abstain": "stone"}
        parts = [[colours[side], round(100 * counts[side] / widest, 2)] for side in SIDES if counts[side]]
        if cast < weight:
            parts.append(["none", round(100 * (weight - cast) / widest, 2)])
        small = _("1 vote") if weight == 1 else _("%(votes)s votes", votes=f"{weight:,}")
        if not cast:
            small += _(", did not vote")
        name = poll.names.get(coop, coop)
        rows.append(
            {
                "coop": coop,
                "name": name,
                "units": weight,
                "small": small,
                "parts": parts,
                **counts,
                "not_cast": weight - cast,
            }
        )
    return rows


def file_rows(poll: Poll) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    """Columns and rows of result.csv."""
    if poll.method == "yes_no":
        rows = coop_rows(poll)
        totals = (poll.result or {})["totals"]
        whole = {"name": "All co-ops", "units": sum(poll.weights.values()), **totals}
        return COLUMNS, [*rows, whole]
    answer = (poll.result or {})["answer"]
    names = {row["id"]: row["name"] for row in answer["candidates"]}
    rows = [
        {
            "round": done["number"],
            "name": names[one],
            "votes": str(votes),
            "outcome": "elected" if one in done["elected"] else "excluded" if one in done["excluded"] else "",
        }
        for done in answer["rounds"]
        for one, votes in done["votes"].items()
    ]
    return RANKED_COLUMNS, rows


def open_data(poll: Poll) -> dict[str, Any]:
    """The result as open data: what the page says, for programs."""
    result = {key: value for key, value in (poll.result or {}).items() if key != "answer"}
    answer = (poll.result or {}).get("answer")
    if answer is not None:
        result["answer"] = {key: value for key, value in answer.items() if key != "replay"}
    return {
        "id": str(poll.id),
        "number": poll.number,
        "title": poll.title,
        "method": poll.method,
        "secret": poll.secret,
        "seats": poll.seats,
        "rule": poll.rule,
        "quota": poll.quota,
        "weights": poll.weights,
        "names": poll.names,
        "opened_at": _iso(poll.opened_at),
        "closed_at": _iso(poll.closed_at),
        "declared_at": _iso(poll.declared_at),
        "head": boards.head(poll.id),
        **result,
    }


def board_page(poll: Poll) -> dict[str, Any]:
    """What assembly/board.html shows: every row with its code, and whether the chain holds."""
    rows = boards.list_rows(poll.id)
    broken = boards.verify(poll.id)
    withheld = boards.withheld(boards.decoded(rows)) if broken is None else ""
    return {
        "poll": poll,
        "subject": subject_of(poll),
        "rows": [_board_row(row) for row in rows],
        "broken": broken,
        "head": rows[-1].hash if rows else "",
        "withheld": withheld,
        "may_recount": poll.state == "declared" and not withheld and broken is None,
        "commitment": poll.lots_commitment,
    }


def certificate(poll: Poll, federation: str) -> dict[str, Any]:
    """Everything the certificate says, as texts."""
    result, rule = poll.result or {}, read_rule(poll.rule)
    ended = poll.declared_at or clock.now()
    threshold = share_words(rule.threshold.percent)
    facts = {
        "Decided on": poll.title,
        "Way of voting": f"{METHOD_WORDS[poll.method]}, {'in secret' if poll.secret else 'on the record'}",
        "Voting opened": clock.moment_words(poll.opened_at) if poll.opened_at else "",
        "Voting closed": clock.moment_words(poll.closed_at) if poll.closed_at else "",
        "Declared": clock.moment_words(ended),
        "Rule": f"{poll.rule_kind}, version {poll.rule_version}"
        + (f": {threshold}" if poll.method == "yes_no" else ""),
        "If votes tie": TIE_RULES[rule.tie_rule],
    }
    head = boards.head(poll.id)
    return {
        "title": "Certificate of the result",
        "outcome": heading(poll),
        "number": f"Vote {poll.number}",
        "federation": federation,
        "facts": [{"label": label, "value": value} for label, value in facts.items() if value],
        "tests": [
            {
                "name": card["name"],
                "value": card["value"],
                "small": card["small"],
                "met": "met" if card["met"] else "not met",
            }
            for card in cards(poll)
        ],
        "words": list(result.get("words", ())),
        "rows": [
            {key: str(row[key]) for key in ("name", "units", "for", "against", "abstain")} for row in coop_rows(poll)
        ],
        "text_hash": poll.text_hash,
        "head": head,
        "made": int(ended.timestamp()),
    }


def _declared_words(poll: Poll) -> str:
    if poll.declared_at is None:
        return ""
    return _("Declared %(moment)s, by the returning officer.", moment=clock.moment_words(poll.declared_at))


def _after(poll: Poll) -> list[dict[str, Any]]:
    """What happens next, for the timeline: in the order of days."""
    steps: list[dict[str, Any]] = []
    if poll.declared_at is not None:
        at = clock.moment_words(poll.declared_at)
        steps.append({"text": _("Result declared"), "at": at, "at_iso": poll.declared_at.isoformat(), "now": True})
    policy = db.session.scalar(select(Policy).where(Policy.motion_id == poll.subject_id))
    if policy is not None:
        words = policy.set_words or _("It stands in the register of policies")
        steps.append({"text": words, "at": _("in force from %(day)s", day=clock.day_words(policy.in_force_from))})
        if policy.review_on:
            steps.append({"text": _("Looked at again"), "at": clock.day_words(policy.review_on)})
    return steps


def _board_row(row: BoardRow) -> dict[str, Any]:
    body = json.dumps(boards.body_text(row), indent=1, ensure_ascii=False, sort_keys=True)
    return {
        "number": row.number,
        "kind": _(KIND_WORDS.get(row.kind, row.kind)),
        "hash": row.hash,
        "at": clock.moment_words(row.written_at),
        "body": body[:LONGEST_BODY],
        "cut": len(body) > LONGEST_BODY,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
