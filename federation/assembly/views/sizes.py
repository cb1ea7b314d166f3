"""Lists of sizes as pages show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from federation.assembly.fairness import CLASSES
from federation.assembly.models import SizeSnapshot
from federation.assembly.services.sizes import Standing

STATES = {"draft": ("Draft", ""), "asked": ("Co-ops are asked", "info"), "agreed": ("Agreed", "ok")}
ANSWERS = {
    "agreed": ("Agrees", "ok"),
    "disputed": ("Disputes", "bad"),
    "settled": ("Settled", "teal"),
    "waiting": ("Has not answered", ""),
}


def rows_of(
    row: SizeSnapshot, stand: Sequence[Standing], names: Mapping[str, str], own: str, *, told: bool
) -> list[dict[str, Any]]:
    """A row for each co-op by name; what others answered is told to the office alone, one's own to oneself."""
    found = []
    for one in stand:
        coop = str(one.coop_id)
        shows = row.state != "draft" and (told or coop == own)
        found.append(
            {
                "id": one.coop_id,
                "name": names.get(coop, ""),
                "me": coop == own,
                "size": one.size,
                "class": row.classes.get(coop, ""),
                "class_words": CLASSES.get(row.classes.get(coop, ""), ""),
                "answer": ANSWERS[one.state] if shows else None,
                "said": one.said if shows and one.state in ("disputed", "settled") else None,
                "words": one.words if shows else "",
                "settled": one.settled if shows else None,
                "open": told and one.state == "disputed" and row.state == "asked",
            }
        )
    return sorted(found, key=lambda line: line["name"])


def tally_words(stand: Sequence[Standing]) -> str:
    """How many have answered what.

    >>> from uuid import UUID
    >>> tally_words([Standing(UUID(int=1), "agreed", 5), Standing(UUID(int=2), "waiting", 9)])
    '1 agrees, 1 has not answered.'
    """
    words = {
        "agreed": ("agrees", "agree"),
        "disputed": ("disputes", "dispute"),
        "settled": ("is settled", "are settled"),
        "waiting": ("has not answered", "have not answered"),
    }
    counted = Counter(one.state for one in stand)
    parts = [f"{counted[state]} {said[counted[state] > 1]}" for state, said in words.items() if counted[state]]
    return f"{', '.join(parts)}."
