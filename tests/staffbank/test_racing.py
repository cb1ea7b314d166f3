"""Eight writers race for the same carers: nobody is booked twice, no request is lost, deadlocks are tried again."""

import pytest

from tests.factories.racing import WRITERS, run_race


@pytest.mark.parametrize("seed", [7, 8])
def test_eight_writers_book_each_carer_once_and_lose_nothing(app, database: str, seed: int) -> None:
    race = run_race(app, database, carers=4, seed=seed)
    assert race.double == 0
    assert race.lost == 0
    assert (race.attempts, race.booked, race.pieces) == (WRITERS * 4, 4, 4)
