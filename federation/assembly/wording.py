"""Two wordings side by side: what was put in, what was taken out, and whether two changes can both be made."""

import hashlib
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_TOKENS = re.compile(r"\n+|\S+")


@dataclass(frozen=True)
class Piece:
    """Some words of a comparison: the same in both, gone from the old, or new."""

    kind: Literal["same", "gone", "new"]
    text: str


def tidy(text: str) -> str:
    """A text with single spaces and at most one empty line between paragraphs, as motions are kept.

    >>> tidy("  The  rate\\r\\nis 1%. \\n\\n\\n\\nFrom May. ")
    'The rate\\nis 1%.\\n\\nFrom May.'
    """
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def text_hash(title: str, text: str) -> str:
    """SHA-256 of a motion's title and text in hexadecimal, as the database makes it too (`motion_hash`)."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def compare(old: str, new: str) -> list[Piece]:
    """The old and the new wording as one text, word by word.

    >>> [(piece.kind, piece.text) for piece in compare("The levy is 1% a year.", "The levy is 1.5% a year.")]
    [('same', 'The levy is'), ('gone', '1%'), ('new', '1.5%'), ('same', 'a year.')]
    """
    before, after = _split(old), _split(new)
    pieces: list[Piece] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", _joined(before[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(Piece("gone", _joined(before[i1:i2])))
        if j1 < j2:
            pieces.append(Piece("new", _joined(after[j1:j2])))
    return pieces


def merge(base: str, one: str, other: str) -> str | None:
    """The base with both changes made; None where they touch the same words or stand side by side.

    >>> merge("Pay 1% in May and tell all.", "Pay 2% in May and tell all.", "Pay 1% in May and tell nobody.")
    'Pay 2% in May and tell nobody.'
    >>> merge("Pay 1% in May.", "Pay 2% in May.", "Pay 3% in May.") is None
    True
    """
    words = _split(base)
    edits = _edits(words, _split(one))
    for edit in _edits(words, _split(other)):
        if edit in edits:
            continue
        if any(edit[0] <= end and start <= edit[1] for start, end, _ in edits):
            return None
        edits.append(edit)
    for start, end, put in sorted(edits, reverse=True):
        words[start:end] = put
    return tidy(_joined(words))


def _split(text: str) -> list[str]:
    return _TOKENS.findall(tidy(text))


def _joined(words: list[str]) -> str:
    return re.sub(r" ?(\n+) ?", r"\1", " ".join(words))


def _edits(words: list[str], changed: list[str]) -> list[tuple[int, int, list[str]]]:
    codes = SequenceMatcher(None, words, changed, autojunk=False).get_opcodes()
    return [(i1, i2, changed[j1:j2]) for kind, i1, i2, j1, j2 in codes if kind != "equal"]
