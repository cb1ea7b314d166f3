"""Minutes as one text: what its fingerprint is of, and the blocks in which pages and papers set it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

HEADING = "## "
BULLET = "- "


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or a list of points."""

    kind: str
    text: str = ""
    points: tuple[str, ...] = ()


def write(title: str, sections: Sequence[tuple[str, str]]) -> str:
    """A title and sections (heading, words) as one text.

    >>> write("Minutes", [("Present", "- Ash\\n- Beech"), ("Item 1", "We met.")])
    'Minutes\\n\\n## Present\\n\\n- Ash\\n- Beech\\n\\n## Item 1\\n\\nWe met.\\n'
    """
    parts = [title, *(f"{HEADING}{heading}\n\n{words.strip()}".strip() for heading, words in sections)]
    return "\n\n".join(parts) + "\n"


def blocks(body: str) -> list[Block]:
    """A text as blocks; whatever somebody wrote is one of them, and nothing in it is markup but headings and points.

    >>> [block.kind for block in blocks("Minutes\\n\\n## Present\\n\\n- Ash\\n- Beech\\n\\nWe met.")]
    ['text', 'heading', 'points', 'text']
    """
    found = []
    for part in (piece.strip() for piece in body.replace("\r\n", "\n").split("\n\n")):
        lines = part.split("\n")
        if part.startswith(HEADING) and len(lines) == 1:
            found.append(Block("heading", part.removeprefix(HEADING)))
        elif part and all(line.startswith(BULLET) for line in lines):
            found.append(Block("points", points=tuple(line.removeprefix(BULLET) for line in lines)))
        elif part:
            found.append(Block("text", part))
    return found


def fingerprint(body: str) -> str:
    """SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(body.encode()).hexdigest()


__all__ = ["Block", "blocks", "fingerprint", "write"]
