"""What the list of motions, the page of one and the page of an amendment show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from federation.assembly.models import Amendment, Motion, MotionText, Poll
from federation.assembly.rule import Rule
from federation.assembly.services import amendments, debate, motion_effects, motions, overview, policies, polls
from federation.assembly.services.debate import LEANINGS, Thread
from federation.assembly.views import motion_words as words
from federation.assembly.wording import compare
from tenants import clock
from tenants.errors import RuleBroken
from tenants.identity import Identity
from tenants.permissions import may
from tenants.scope import FEDERATION
from tenants.services.coops import coop_names
from tenants.web_forms import Form


def list_page(found: Sequence[Motion], group: str, typed: str, identity: Identity) -> dict[str, Any]:
    """What assembly/motions.html shows, beside the pager."""
    names = coop_names()
    said = debate.count_remarks([row.id for row in found])
    moves = may("move-motions", identity.kind, identity.roles)
    return {
        "rows": [row_of(row, names, said) for row in found],
        "drafts": [_draft_row(row) for row in motions.list_drafts()] if moves else [],
        "may_write": moves or may("run-assembly", identity.kind, identity.roles),
        "may_order": may("run-assembly", identity.kind, identity.roles) and group == "talked" and len(found) > 1,
        "filters": {"words": typed, "group": group, "groups": group_choices()},
    }


def group_choices() -> list[tuple[str, str]]:
    """The states among which people choose."""
    return [
        ("", _("All")),
        ("talked", _("Talked about")),
        ("noticed", _("Notice given")),
        ("voting", _("Voting")),
        ("decided", _("Decided")),
        ("ended", _("Refused or withdrawn")),
    ]


def row_of(motion: Motion, names: dict[str, str], said: dict[UUID, int]) -> dict[str, Any]:
    """One motion in a list."""
    text, kind = words.state_tag(motion)
    count = said.get(motion.id, 0)
    return {
        "id": str(motion.id),
        "number": motion.number,
        "title": motion.title,
        "href": url_for("motions.show", motion_id=motion.id),
        "mover": mover_words(motion, names),
        "state": text,
        "state_kind": kind,
        "kind": _(words.KINDS[motion.kind]),
        "said": _("Nobody has spoken yet")
        if not count
        else _("One remark")
        if count == 1
        else _("%(n)s remarks", n=count),
        "order": motion.reading_order,
        "at": motion.ended_at or motion.noticed_at or motion.submitted_at,
    }


def _draft_row(row: Any) -> dict[str, Any]:
    return {
        "title": row.title,
        "href": url_for("motions.edit", draft_id=row.id),
        "at": clock.moment_words(row.written_at),
    }


def mover_words(motion: Motion, names: dict[str, str]) -> str:
    """Who moves it: a co-op, or the federation's board."""
    if motion.moved_by_coop == FEDERATION:
        return _("The board of the federation")
    return names.get(str(motion.moved_by_coop), "")


def motion_page(motion: Motion, form: Form, identity: Identity) -> dict[str, Any]:
    """What assembly/motion.html shows."""
    names, people = coop_names(), debate.names_of_people()
    poll = polls.get_poll(motion.poll_id) if motion.poll_id else None
    rule = _rule_of(motion)
    rows = amendments.list_amendments(motion.id)
    tag_text, tag_kind = words.state_tag(motion)
    return {
        "motion": motion,
        "form": form,
        "tag_text": tag_text,
        "tag_kind": tag_kind,
        "sub": _poll_words(poll) or words.left_words(motion),
        "step_names": [_(step) for step in words.STEPS],
        "step_at": words.step_at(motion),
        "cards": _cards(motion, poll, rule, identity),
        "rule_missing": rule is None,
        "notice": words.notice_words(rule) if rule else "",
        "effects": motion_effects.sentences(motion.effect),
        "effect_details": motion_effects.details(motion.effect) if motion.state in _OPEN else [],
        "amendments": [amendment_row(row, motion, names) for row in rows],
        "threads": [_thread(thread, names, people) for thread in debate.list_threads(motion.id)],
        "leaning_counts": _leanings(motion.id),
        "leanings": [(key, _(text)) for key, text in LEANINGS.items()],
        "history": history(motion, poll, rows, names, people),
        "texts": [_text_row(row) for row in reversed(motions.list_texts(motion.id))],
        "policy": policies.find_of_motion(motion.id),
        "poll": poll,
        "may": acts_for(motion, rows, identity),
        "mover": mover_words(motion, names),
        "kind_words": _(words.KINDS[motion.kind]),
        "own_motion": motion.moved_by_coop == identity.acting.tenant_id,
        "seconder": names.get(str(motion.seconded_by_coop), ""),
        "own": identity.acting.name,
    }


_OPEN = ("submitted", "seconded", "admitted", "noticed", "voting")


def acts_for(motion: Motion, rows: Sequence[Amendment], identity: Identity) -> dict[str, bool]:
    """What this person may do with the motion now."""

    def allowed(act: str) -> bool:
        return may(act, identity.kind, identity.roles)

    own = motion.moved_by_coop == identity.acting.tenant_id
    before_notice = motion.state in ("submitted", "seconded", "admitted")
    office = allowed("run-assembly")
    waits = any(row.state in amendments.WAITING for row in rows)
    return {
        "second": allowed("move-motions") and motion.state == "submitted" and not own,
        "withdraw": (allowed("move-motions") or office) and own and before_notice,
        "amend": allowed("move-motions") and motion.state in ("submitted", "seconded", "admitted", "noticed"),
        "speak": allowed("speak") and motion.state in _OPEN,
        "admit": office and motion.state == "seconded",
        "refuse": office and motion.state in ("submitted", "seconded"),
        "notice": office and motion.state == "admitted",
        "change": office and motion.state in ("admitted", "noticed", "voting"),
        "order": office and waits and motion.state in ("admitted", "noticed"),
        "vote": allowed("cast-votes") and motion.state == "voting",
        "hide": office,
    }


def amendment_row(row: Amendment, motion: Motion, names: dict[str, str]) -> dict[str, Any]:
    """One amendment in the motion's page, with what it changes marked."""
    text, kind = words.AMENDMENT_STATES[row.state]
    return {
        "id": str(row.id),
        "number": row.number,
        "by": names.get(str(row.by_coop), ""),
        "why": row.why,
        "state": _(text),
        "state_kind": kind,
        "waits": row.state in amendments.WAITING,
        "rivals": row.rivals,
        "order": row.voting_order,
        "poll_id": row.poll_id,
        "at": clock.moment_words(row.submitted_at),
        "pieces": compare(amendments.base_text(row), row.text),
        "moved_on": row.state in amendments.WAITING and row.on_version != motion.text_version,
        "href": url_for("motions.amendment", motion_id=motion.id, amendment_id=row.id),
    }


def amendment_page(row: Amendment, motion: Motion, form: Form, identity: Identity) -> dict[str, Any]:
    """What assembly/amendment.html shows."""
    waits = row.state in amendments.WAITING
    moves = may("move-motions", identity.kind, identity.roles)
    me = identity.acting.tenant_id
    early = motion.state in ("submitted", "seconded", "admitted")
    return {
        "motion": motion,
        "form": form,
        "row": amendment_row(row, motion, coop_names()),
        "text": row.text,
        "may": {
            "merge": moves and waits and early and motion.moved_by_coop == me and row.on_version == motion.text_version,
            "withdraw": moves and waits and row.by_coop == me,
            "vote": waits
            and motion.state in ("admitted", "noticed")
            and may("run-assembly", identity.kind, identity.roles),
        },
    }


def history(
    motion: Motion, poll: Poll | None, rows: Sequence[Amendment], names: dict[str, str], people: dict[UUID, str]
) -> list[dict[str, Any]]:
    """How the motion got here, newest first."""
    mover = mover_words(motion, names)
    person = people.get(motion.moved_by) if motion.moved_by else None
    told: list[tuple[Any, str]] = [
        (motion.submitted_at, _("Moved by %(who)s", who=f"{person}, {mover}" if person else mover))
    ]
    if motion.seconded_at:
        told.append((motion.seconded_at, _("Seconded by %(who)s", who=names.get(str(motion.seconded_by_coop), ""))))
    if motion.admitted_at:
        told.append((motion.admitted_at, _("Admitted by the returning officer")))
    told += [(text.made_at, _("New wording: %(why)s", why=text.why)) for text in motions.list_texts(motion.id)[1:]]
    told += [
        (row.submitted_at, _("Amendment %(n)s, %(who)s", n=row.number, who=names.get(str(row.by_coop), "")))
        for row in rows
    ]
    if motion.noticed_at:
        told.append((motion.noticed_at, _("Notice given; the text is fixed")))
    if poll is not None:
        told += [
            (at, text)
            for at, text in (
                (poll.opened_at, _("Voting opened")),
                (poll.reopened_at, _("The text changed, so voting began anew")),
                (poll.closed_at, _("Voting closed")),
                (poll.declared_at, _("Result declared")),
            )
            if at
        ]
    elif motion.ended_at:
        told.append((motion.ended_at, words.state_tag(motion)[0]))
    told.sort(key=lambda entry: entry[0], reverse=True)
    return [
        {"text": text, "at": clock.moment_words(at), "at_iso": at.isoformat(), "now": place == 0}
        for place, (at, text) in enumerate(told)
    ]


def _rule_of(motion: Motion) -> Rule | None:
    try:
        return motions.rule_of(motion)
    except RuleBroken:
        return None


def _poll_words(poll: Poll | None) -> str:
    if poll is None or poll.state in ("closed", "declared", "void"):
        return ""
    if poll.state == "planned":
        return _("Voting opens %(moment)s", moment=clock.moment_words(poll.opens_at))
    return _("Closes %(moment)s", moment=clock.moment_words(poll.closes_at))


def _cards(motion: Motion, poll: Poll | None, rule: Rule | None, identity: Identity) -> list[dict[str, Any]]:
    cards = []
    if poll is not None and poll.state == "open" and identity.kind == "coop":
        own = overview.own_votes([poll])[0]
        whole = sum(int(weight) for weight in poll.weights.values())
        small = _("votes") if own.waits else _("votes, all cast")
        value = _("%(own)s of %(whole)s", own=own.whole, whole=whole)
        cards.append(
            {
                "title": _("%(coop)s holds", coop=identity.acting.name),
                "value": value,
                "small": small,
                "cls": "f-card--lead",
            }
        )
    if motion.state in _OPEN and rule is not None:
        cards += words.rule_cards(rule)
    if poll is not None and poll.state == "open":
        cast = polls.turnout(poll.id)
        value = _("%(coops)s of %(total)s", coops=cast.coops, total=cast.coops_total)
        cards.append({"title": _("Voted so far"), "value": value, "small": _("co-ops; how they voted stays hidden")})
    return cards


def _thread(thread: Thread, names: dict[str, str], people: dict[UUID, str]) -> dict[str, Any]:
    row = thread.remark
    return {
        "id": str(row.id),
        "who": people.get(row.by_person, "") if row.by_person else "",
        "coop": names.get(str(row.by_coop), ""),
        "leaning": row.leaning,
        "leaning_words": _(LEANINGS[row.leaning]),
        "words": row.words,
        "hidden_why": row.hidden_why,
        "at": clock.moment_words(row.said_at),
        "answers": [_thread(answer, names, people) for answer in thread.answers],
    }


def _leanings(motion_id: UUID) -> dict[str, int]:
    """How many co-ops have spoken for, and how many against: one co-op counts once on each side."""
    sides: dict[str, set[UUID]] = {"for": set(), "against": set()}
    for row in debate.list_remarks(motion_id):
        if row.leaning in sides and not row.hidden_why:
            sides[row.leaning].add(row.by_coop)
    return {side: len(coops) for side, coops in sides.items()}


def _text_row(row: MotionText) -> dict[str, Any]:
    return {
        "version": row.version,
        "why": row.why,
        "text": row.text,
        "hash": row.hash,
        "at": clock.moment_words(row.made_at),
    }
