"""What the page of the minutes shows: the published text, or the fields in which the officer writes it."""

from typing import Any

from flask_babel import gettext as _

from federation.assembly import minutes_text
from federation.assembly.models import Meeting, Minutes
from federation.assembly.services import agenda, minutes
from federation.assembly.views import meeting_words
from tenants import clock
from tenants.identity import Identity
from tenants.permissions import may


def minutes_page(meeting: Meeting, row: Minutes, identity: Identity) -> dict[str, Any]:
    """What assembly/meeting_minutes.html shows."""
    runs = may("run-assembly", identity.kind, identity.roles)
    text, kind = meeting_words.MINUTES[row.state]
    title, *rest = minutes_text.blocks(row.body) or [minutes_text.Block("text")]
    return {
        "meeting": meeting,
        "minutes": row,
        "tag_text": _(text),
        "tag_kind": kind,
        "heading": title.text or _("Minutes of %(title)s", title=meeting.title),
        "blocks": rest if title.kind == "text" and rest else [title, *rest],
        "writing": runs and row.state == "draft",
        "items": [item.row for item in agenda.list_items(meeting.id)],
        "approvals": _approvals(meeting) if runs and row.state == "published" else [],
        "runs": runs,
        "published": clock.moment_words(row.published_at) if row.published_at else "",
        "approved": clock.moment_words(row.approved_at) if row.approved_at else "",
    }


def form_values(meeting: Meeting, row: Minutes) -> dict[str, Any]:
    """The fields of the form as they stand."""
    items = {f"item-{item.row.id}": item.row.minutes for item in agenda.list_items(meeting.id)}
    return {"record": row.body, **items}


def _approvals(meeting: Meeting) -> list[tuple[str, str]]:
    return [
        (str(item.id), _("%(meeting)s, item %(n)s: %(title)s", meeting=later.title, n=item.place, title=item.title))
        for later, item in minutes.approvals(meeting.id)
    ]
