"""Drawing lots in public: a seed bound before anybody votes, dice thrown before everybody after, an order all can redo.

The one who knows the seed cannot change it (its hash stood on the board at opening); those who throw the dice do not
know it; and the board's head at closing mixes in every ballot. Nobody alone can choose the order.
"""

import hashlib
from collections.abc import Iterable


def commitment(seed: str) -> str:
    """What goes on the board at opening: the SHA-256 of the seed, in hex, which binds to it without telling it.

    >>> commitment("kept in an envelope")
    'd1d4b5f3e916af874a78cae44720a9fc142b9f21c1ef899f300ee094dc043992'
    """
    return hashlib.sha256(seed.encode()).hexdigest()


def order(names: Iterable[str], seed: str, head: str, dice: str) -> list[str]:
    """The public order of lots; of those who tie, whoever stands first in it is the luckier.

    The luckier stays in the count and has a surplus moved first; the last of those who tie is left out. `head` is the
    hash of the board's last row at closing, `dice` what was thrown, as it was written down.

    >>> order(["Ann", "Bo", "Cy"], "kept in an envelope", "0" * 64, "4 1 6")
    ['Bo', 'Ann', 'Cy']

    Raises: ValueError when a name stands twice, since lots between equals of one name mean nothing.
    """
    found = list(names)
    if len(set(found)) != len(found):
        raise ValueError("a name stands twice among those who draw lots")
    # Two different names with one SHA-256 are not to be expected; the name itself would still decide between them.
    return sorted(found, key=lambda name: (_ticket(name, seed, head, dice), name))


def _ticket(name: str, seed: str, head: str, dice: str) -> str:
    return hashlib.sha256(f"{seed}\n{head}\n{dice}\n{name}".encode()).hexdigest()
