"""Calendars that another rota program keeps: read again each hour, so that the rota here follows the one there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from staffbank.calendars import Busy, read_calendar
from staffbank.feed_fetch import check_url
from staffbank.models import RotaFeed, WorkBlock
from staffbank.services import bank, rota
from staffbank.services.carers import get_carer
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_tenant_id

AHEAD = timedelta(weeks=12)
EVERY = timedelta(hours=1)
MOST_FEEDS = 5
JOB = "read-rota-feeds"


def add_feed(carer_id: UUID, url: str) -> RotaFeed:
    """Follow a calendar of a carer; it is read at once. Raises: NotFound, InvalidInput at "url", RuleBroken past 5."""
    get_carer(carer_id)
    address = check_url(url)
    feeds = list_feeds(carer_id)
    if any(feed.url == address for feed in feeds):
        raise InvalidInput({"url": "This calendar is read already"})
    if len(feeds) >= MOST_FEEDS:
        raise RuleBroken("too-many-feeds", f"At most {MOST_FEEDS} calendars are read for one carer. Remove one first.")
    feed = RotaFeed(tenant_id=current_tenant_id(), carer_id=carer_id, url=address)
    db.session.add(feed)
    db.session.flush()
    audit.record("add-feed", "carer", carer_id, {"feed": str(feed.id)})
    ask_to_read(clock.now())
    return feed


def remove_feed(carer_id: UUID, feed_id: UUID) -> None:
    """Follow a calendar no longer: what lies ahead of it goes, what was worked stays. Raises: NotFound."""
    feed = get_feed(feed_id)
    if feed.carer_id != carer_id:
        raise NotFound("calendar")
    db.session.execute(
        delete(WorkBlock).where(
            WorkBlock.tenant_id == feed.tenant_id,
            WorkBlock.source == str(feed.id),
            WorkBlock.starts_at > clock.now(),
        )
    )
    db.session.delete(feed)
    db.session.flush()
    bank.publish(carer_id)
    audit.record("remove-feed", "carer", carer_id, {"feed": str(feed_id)})


def get_feed(feed_id: UUID) -> RotaFeed:
    """One calendar of the acting co-op. Raises: NotFound."""
    feed = find_feed(feed_id)
    if feed is None:
        raise NotFound("calendar")
    return feed


def find_feed(feed_id: UUID) -> RotaFeed | None:
    """The same, or nothing when it is gone."""
    return db.session.get(RotaFeed, (current_tenant_id(), feed_id))


def list_feeds(carer_id: UUID | None = None) -> Sequence[RotaFeed]:
    """The calendars that are read: of one carer, or of all."""
    chosen = select(RotaFeed).where(RotaFeed.tenant_id == current_tenant_id())
    if carer_id is not None:
        chosen = chosen.where(RotaFeed.carer_id == carer_id)
    return db.session.scalars(chosen.order_by(RotaFeed.id)).all()


def ask_to_read(at: datetime) -> None:
    """Ask for the calendars to be read; a reading that waits already is not asked for twice."""
    soon = at <= clock.now()
    key = JOB + ("-now" if soon else "")
    jobs.defer(JOB, {}, label="Read rota calendars", shown=False, once_key=key, run_at=at)


def take_in(feed_id: UUID, data: bytes) -> int:
    """Make the rota ahead as a calendar says it is; answers how many times are new.

    What cannot be taken in (other work at that time, more than 24 hours) is left out and told with the feed.
    Raises: NotFound.
    """
    feed, now = get_feed(feed_id), clock.now()
    try:
        found = [busy for busy in read_calendar(data, now, now + AHEAD) if busy.end > now]
    except InvalidInput as fault:
        note_problem(feed_id, fault.message)
        return 0
    wanted = {(busy.start, busy.end): busy for busy in found}
    for block in db.session.scalars(
        select(WorkBlock).where(
            WorkBlock.tenant_id == feed.tenant_id,
            WorkBlock.carer_id == feed.carer_id,
            WorkBlock.source == str(feed.id),
            WorkBlock.ends_at > now,
        )
    ):
        if wanted.pop((block.starts_at, block.ends_at), None) is None:
            db.session.delete(block)
    db.session.flush()
    left_out = [words for busy in wanted.values() if (words := _take_in_one(feed, busy))]
    feed.read_at = now
    feed.problem = f"{len(left_out)} left out. {left_out[0]}"[:400] if left_out else ""
    db.session.flush()
    bank.publish(feed.carer_id)
    return len(wanted) - len(left_out)


def _take_in_one(feed: RotaFeed, busy: Busy) -> str:
    """Why a time was left out, in words; nothing when it is in."""
    new = rota.NewBlock("rota", busy.start, busy.end, busy.summary, str(feed.id), busy.uid)
    try:
        rota.keep_block(feed.carer_id, new)
    except InvalidInput as fault:
        return f"{rota.span_words(busy.start, busy.end)}: {next(iter(fault.errors.values()))}"
    except RuleBroken as fault:
        return fault.message
    return ""


def note_problem(feed_id: UUID, words: str) -> None:
    """Note why a calendar could not be read; what it brought before stays. Raises: NotFound."""
    feed = get_feed(feed_id)
    feed.read_at, feed.problem = clock.now(), words[:400]
    db.session.flush()
