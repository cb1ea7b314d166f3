"""What the staff bank does later for carers: reminders before a check runs out, calendars read again, the bank published anew."""

from staffbank.feed_fetch import FetchFault, fetch
from staffbank.services import nights, reminders, rota_feeds
from tenants import clock
from tenants.db import acting_for_federation
from tenants.jobs import Task, job
from tenants.jobs_retention import ask_to_erase


@job("bank-night", own_transaction=True, patient=True)
def work_at_night(task: Task) -> None:
    """Remind of checks that run out, publish every carer anew, and ask for the next night, the office's work included."""
    with task.transaction():
        nights.ask_for_tonight()
    with acting_for_federation():
        ask_to_erase()
    with task.transaction():
        reminded = reminders.remind()
    with task.transaction():
        published = reminders.publish_all()
        task.finish({"reminded": reminded, "published": published})


@job("read-rota-feeds", own_transaction=True, patient=True)
def read_feeds(task: Task) -> None:
    """Read every calendar of the co-op, one after the other; no transaction is open while a server is asked."""
    with task.transaction():
        feeds = [(feed.id, feed.url) for feed in rota_feeds.list_feeds()]
        if feeds:
            rota_feeds.ask_to_read(clock.now() + rota_feeds.EVERY)
    for place, (feed_id, url) in enumerate(feeds):
        task.progress(f"Calendar {place + 1} of {len(feeds)}", 100 * place // len(feeds))
        try:
            data, problem = fetch(url), ""
        except FetchFault as fault:
            data, problem = b"", str(fault)
        with task.transaction():
            if rota_feeds.find_feed(feed_id) is None:
                continue  # somebody removed it while its server was asked
            if problem:
                rota_feeds.note_problem(feed_id, problem)
            else:
                rota_feeds.take_in(feed_id, data)
    with task.transaction():
        task.finish({"calendars": len(feeds)})
