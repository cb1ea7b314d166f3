"""How often somebody may try: counted by what is tried together with the place, so that nobody locks out another.

Counts are written in a transaction of their own, before the try, so that they stay when the try is refused.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert

from tenants import clock
from tenants.db import at_the_door, db
from tenants.errors import TooMany
from tenants.models import SignInAttempt

WINDOW = timedelta(minutes=15)
TRIES_OF_ONE = 8
"""Tries of one thing (an address, a person's code) from one place in a window."""
TRIES_OF_PLACE = 60
"""Tries of anything from one place in a window: an office of many people shares one."""
KEPT = timedelta(days=1)


def count_try(what: str, place: str) -> None:
    """Count one try before it is made. Opens the door itself. Raises: TooMany."""
    with at_the_door():
        db.session.execute(delete(SignInAttempt).where(SignInAttempt.window_start < clock.now() - KEPT))
        place_tries = _count(_key("place", place))
        own_tries = _count(_key("one", what, place))
    if own_tries > TRIES_OF_ONE or place_tries > TRIES_OF_PLACE:
        minutes = int((_window(clock.now()) + WINDOW - clock.now()).total_seconds() // 60) + 1
        raise TooMany("too-many-tries", f"That was tried too often from here. Wait {minutes} minutes, then try again.")


def forget_tries(what: str, place: str) -> None:
    """A try that was right counts neither against the address nor against the place. Door scope."""
    now = _window(clock.now())
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key_hash == _key("one", what, place)))
    db.session.execute(
        update(SignInAttempt)
        .where(SignInAttempt.key_hash == _key("place", place), SignInAttempt.window_start == now)
        .values(tries=func.greatest(SignInAttempt.tries - 1, 0))
    )


def _count(key: str) -> int:
    statement = insert(SignInAttempt).values(key_hash=key, window_start=_window(clock.now()), tries=1)
    counted = statement.on_conflict_do_update(
        index_elements=["key_hash", "window_start"], set_={"tries": SignInAttempt.tries + 1}
    ).returning(SignInAttempt.tries)
    return db.session.execute(counted).scalar_one()


def _window(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)


def _key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
