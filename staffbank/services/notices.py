"""Letters about placements: who is told of which step, in words without anybody who is cared for.

A member cannot write to another co-op's people, so a step asks for a job of the office, which writes to all sides at once.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from staffbank.models import Placement
from staffbank.placement_rules import notice_words
from staffbank.services.cancellations import percent_owed
from staffbank.services.match_answers import passport_words
from tenants import clock, jobs
from tenants.db import db
from tenants.errors import NotFound
from tenants.services import mail
from tenants.services.coops import coop_names

KIND = "placement-news"

NEWS: dict[str, dict[str, tuple[str, str]]] = {
    # step: who is told: subject, first sentence
    "asked": {"carer": ("Would you like this work?", "{host} asks who would like to work {when} in {place}.")},
    "offered": {"carer": ("An offer of work", "{host} offers you work {when} in {place}.")},
    "accept": {
        "home": ("Please release {carer}", "{carer} has said yes to {host}, {when}. Release or refuse it."),
        "host": ("{carer} has said yes", "{carer} of {home} has said yes to {when}. The home co-op releases next."),
    },
    "choose": {
        "carer": ("You are chosen", "You were interested in work at {host}, {when}, and the choice fell on you."),
        "home": ("Please release {carer}", "{carer} was chosen for {host}, {when}. Release or refuse it."),
        "host": ("{carer} was chosen", "Among those interested in {when}, the choice fell on {carer} of {home}."),
    },
    "pass_over": {
        "carer": ("Not chosen this time", "Somebody else was chosen for the work at {host}, {when}. Thank you.")
    },
    "decline": {"host": ("{carer} cannot come", "{carer} of {home} cannot come {when}. No reason is asked for.")},
    "release": {"host": ("Please confirm {carer}", "{home} releases {carer} for {when}. Confirm it.")},
    "release_by_default": {
        "host": ("Please confirm {carer}", "{home} releases {carer} for {when}. Confirm it."),
        "home": ("{carer} is released", "The time to answer has run out, so {carer} is released to {host}, {when}."),
    },
    "refuse": {
        "carer": ("Your co-op cannot release you", "{home} cannot release you to {host}, {when}."),
        "host": ("{carer} is not released", "{home} cannot release {carer} for {when}."),
    },
    "confirm": {
        "carer": ("Confirmed: {when}", "{host} confirms: you work there {when}. Read the briefing before you start."),
        "home": ("{carer} is confirmed", "{host} confirms {carer} for {when}."),
        "host": ("{carer} comes", "{carer} of {home} is confirmed for {when}. Tick the briefing before the start."),
    },
    "withdraw": {
        "carer": ("An offer was taken back", "{host} has taken its offer of {when} back."),
        "home": ("An offer was taken back", "{host} has taken its offer to {carer} of {when} back."),
    },
    "changed": {
        "carer": (
            "What is needed has changed",
            "{host} has changed what is needed for {when}: {needs} Look at it again. You may say no, or give it back, freely.",
        ),
        "home": ("What is needed has changed", "{host} has changed what {carer} is needed for, {when}: {needs}"),
    },
    "expire": {
        "carer": ("An offer has run out", "The time to answer the offer of {host}, {when}, has run out."),
        "home": ("An offer has run out", "The offer of {host} to {carer}, {when}, has run out."),
        "host": ("An offer has run out", "The offer to {carer} of {home}, {when}, has run out."),
    },
    "give_back": {
        "host": ("{carer} cannot come", "{carer} of {home} gives back {when}, {notice}. The shift is open again."),
        "home": ("{carer} gave back a shift", "{carer} gives back {when} at {host}, {notice}."),
    },
    "recall": {
        "carer": ("Your co-op needs you back", "{home} takes back its release for {host}, {when}, {notice}."),
        "host": ("{carer} is called back", "{home} calls {carer} back from {when}, {notice}. The shift is open again."),
    },
    "cancel": {
        "carer": ("Cancelled: {when}", "{host} cancels {when}, {notice}. It is noted with the notice given.{paid}"),
        "home": ("{carer}’s work was cancelled", "{host} cancels {when} of {carer}, {notice}.{paid}"),
    },
    "no_show": {"home": ("{carer} did not come", "{host} notes that {carer} did not come {when}. Please ask.")},
    "check_in": {"host": ("{carer} has begun", "{carer} of {home} has checked in for {when}.")},
    "swapped": {"carer": ("Somebody takes your place", "{host} has confirmed somebody else for {when}: you are free.")},
    "nobody_left": {"host": ("Nobody is left to ask", "Nobody else fits {when}. Search again or change the request.")},
}
NEWS["confirm_by_default"] = NEWS["confirm"]
_PATHS = {"asked": "/my-offers", "offered": "/my-offers"}


@dataclass(frozen=True)
class Letter:
    """One letter: to `carer`, `home` or `host`."""

    to: str
    subject: str
    body: str


def ask(placement_id: UUID, step: str) -> None:
    """Ask for the letters of a step, where anybody is told of it."""
    if step in NEWS:
        jobs.defer(KIND, {"placement_id": str(placement_id), "step": step}, label="Tell those it concerns", shown=False)


def send(placement_id: UUID, step: str, base_url: str) -> int:
    """Write the letters of a step to all sides. Office scope; answers how many. Raises: NotFound."""
    legs = {leg.side: leg for leg in db.session.scalars(select(Placement).where(Placement.id == placement_id))}
    if len(legs) < 2 or step not in NEWS:
        raise NotFound("placement")
    host, home = legs["host"], legs["home"]
    written = 0
    for letter in letters(host, home, step, base_url):
        if letter.to == "carer":
            written += write_to_carer(home.carer_id, letter.subject, letter.body)
        else:
            tenant = host.tenant_id if letter.to == "host" else home.tenant_id
            written += mail.write_to_roles(tenant, ["manager"], letter.subject, letter.body)
    return written


def letters(host: Placement, home: Placement, step: str, base_url: str) -> list[Letter]:
    """The letters of a step; within one co-op its managers get one, not two."""
    names = coop_names()
    facts = {
        "host": names.get(str(host.tenant_id), "A co-op"),
        "home": names.get(str(home.tenant_id), "A co-op"),
        "carer": host.carer_name,
        "when": when_words(host),
        "place": host.outcode,
        "needs": f"{passport_words(host.needs) if host.needs else 'no special needs'}, risk {host.risk} of 5.",
        "notice": notice_words(host.notice_minutes or 0),
        "paid": f" {paid} % of the hours agreed are still paid." if (paid := percent_owed(host)) else "",
    }
    found = []
    for to, (subject, body) in NEWS[step].items():
        if to == "host" and host.tenant_id == home.tenant_id and "home" in NEWS[step]:
            continue
        said = home.words if to in ("home", "carer") else host.words
        path = _PATHS.get(step, f"/placements/{host.id}") if to == "carer" else f"/placements/{host.id}"
        parts = [body.format(**facts), f"They say: {said}" if said else "", f"See it here: {base_url}{path}"]
        if to == "carer" and step in _PATHS:
            parts.insert(1, f"Answer by {clock.moment_words(home.expires_at)}. You are free to say no.")
        found.append(Letter(to, subject.format(**facts), "\n\n".join(part for part in parts if part)))
    return found


def when_words(leg: Placement) -> str:
    """When the work is, in London time.

    >>> from datetime import UTC, datetime
    >>> when_words(Placement(starts_at=datetime(2026, 11, 24, 17, 30, tzinfo=UTC),
    ...                      ends_at=datetime(2026, 11, 24, 21, 30, tzinfo=UTC)))
    'Tuesday 24 November 2026, 5:30pm to 9:30pm'
    """
    return f"{clock.moment_words(leg.starts_at)} to {clock.moment_words(leg.ends_at).rsplit(', ', 1)[1]}"


def write_to_carer(carer_id: UUID, subject: str, body: str) -> int:
    """Write to a carer without learning the address. Office scope, or the scope of a co-op with a placement of theirs."""
    written: int = db.session.execute(
        text("SELECT mail_to_carer(:carer, :subject, :body)"),
        {"carer": carer_id, "subject": subject[:200], "body": body},
    ).scalar_one()
    if written:
        jobs.defer("send-mail", {}, label="Send letters", shown=False, once_key="send-mail")
    return written
