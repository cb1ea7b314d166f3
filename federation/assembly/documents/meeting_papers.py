"""Notice and minutes of a meeting as tagged PDF (PDF/UA-1), set by typst from data: nobody's text is read as markup."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from federation.assembly import minutes_text
from federation.assembly.minutes_text import Block
from federation.assembly.models import Meeting, Minutes
from federation.assembly.services.agenda import Item
from federation.assembly.services.meeting_letters import where_words
from tenants import clock
from tenants.db import db
from tenants.models import Tenant
from tenants.scope import FEDERATION

_TEMPLATE = Path(__file__).parent / "meeting.typ"


def notice_pdf(meeting: Meeting, items: Sequence[Item]) -> bytes:
    """The notice of a meeting that was called: when and where, the agenda, and what each motion says."""
    called = meeting.called_at or clock.now()
    days = [{"label": "Clear days needed", "value": str(meeting.notice_days)}]
    if meeting.way == "correspondence":
        days = []
    data = {
        "title": f"Notice of a meeting: {meeting.title}",
        "number": f"Meeting {meeting.number}",
        "facts": [
            {"label": "Notice given", "value": clock.day_words(called.astimezone(clock.LONDON).date())},
            *days,
            {"label": "Quorum", "value": _quorum(meeting)},
        ],
        "blocks": _plain(_notice_blocks(meeting, items)),
        "hash": "",
    }
    return _set(data, called)


def minutes_pdf(meeting: Meeting, minutes: Minutes) -> bytes:
    """Published minutes; the same text gives the same bytes, dated by their publication."""
    title, *rest = minutes_text.blocks(minutes.body)
    facts = [("Published", minutes.published_at), ("Approved", minutes.approved_at)]
    shown = [{"label": label, "value": clock.moment_words(at)} for label, at in facts if at is not None]
    if minutes.approved_words:
        shown.append({"label": "Approved by", "value": minutes.approved_words})
    data = {
        "title": title.text or f"Minutes of meeting {meeting.number}",
        "number": f"Meeting {meeting.number}",
        "facts": shown,
        "blocks": _plain(rest),
        "hash": minutes.hash,
    }
    return _set(data, minutes.published_at or minutes.drafted_at)


def _notice_blocks(meeting: Meeting, items: Sequence[Item]) -> list[Block]:
    found = [Block("text", where_words(meeting)), Block("heading", "Agenda")]
    found.append(Block("numbered", points=tuple(item.row.title for item in items)))
    for place, item in enumerate(items, 1):
        words = [item.row.words] if item.row.words else []
        if item.motion is not None:
            words += [item.motion.plain_words] if item.motion.plain_words else []
            words.append(f"The text: {item.motion.text}")
            words.append(f"Its fingerprint (SHA-256) is {item.motion.text_hash}." if item.motion.noticed_at else "")
        if item.election is not None and item.election.what:
            words.append(item.election.what)
        if any(words):
            found.append(Block("heading", f"{place}. {item.row.title}"))
            found += [Block("text", one) for one in words if one]
    found.append(Block("heading", "Who votes"))
    voters = sum(1 for weight in meeting.weights.values() if weight)
    found.append(
        Block(
            "text",
            f"The delegates of {voters:,} co-ops, with {sum(meeting.weights.values()):,} votes in all. A co-op whose delegates"
            " cannot take part gives another co-op its proxy in time, as far as the rules allow.",
        )
    )
    return found


def _quorum(meeting: Meeting) -> str:
    coops, weight = (f"{float(meeting.quorum.get(key, '0')):g}%" for key in ("coops_percent", "weight_percent"))
    return f"{coops} of the co-ops, with {weight} of all votes"


def _plain(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [asdict(block) | {"points": list(block.points)} for block in blocks]


def _set(data: dict[str, Any], made_at: datetime) -> bytes:
    # Imported here: the web process must not pay for it at its start.
    import typst

    made = typst.compile(
        str(_TEMPLATE),
        sys_inputs={
            "data": json.dumps({**data, "federation": db.session.get_one(Tenant, FEDERATION).name}, ensure_ascii=False)
        },
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst answered no single document")
    return made
