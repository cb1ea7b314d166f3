"""The lines of an iCalendar file: unfolded, numbered, held to limits, and gathered into the blocks of its events."""

import re
from dataclasses import dataclass, field

from tenants.errors import InvalidInput

MAX_BYTES = 1024 * 1024
MAX_LINES = 60_000
MAX_LINE = 20_000
MAX_EVENTS = 5_000
MAX_DEPTH = 4
"""A calendar holds events, and events hold alarms; deeper nesting has no meaning."""

KEPT = frozenset(
    [
        "UID",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "EXRULE",
        "RECURRENCE-ID",
        "STATUS",
        "TRANSP",
        "SUMMARY",
    ]
)
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAM = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)((?:,(?:"[^"]*"|[^";:,]*))*)')


class LineFault(ValueError):
    """What is wrong with an event, and on which line."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


@dataclass(frozen=True)
class Line:
    """One property: the number of its first line, its name, its parameters by upper-case name, and its raw value."""

    number: int
    name: str
    params: dict[str, str]
    value: str


@dataclass
class Block:
    """The properties of one event that matter here, and the line on which it begins."""

    line: int
    lines: list[Line] = field(default_factory=list)

    def all_of(self, name: str) -> list[Line]:
        """Every property of a name."""
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line | None:
        """The only property of a name, or None.

        Raises: LineFault when it stands there twice.
        """
        found = self.all_of(name)
        if len(found) > 1:
            raise LineFault(found[1].number, f"{name} stands twice in one event: keep one of the two")
        return found[0] if found else None


def read_blocks(data: bytes) -> list[Block]:
    """The events of a calendar, each as a block of its lines.

    Raises: InvalidInput at "file" or at the line where the file stops being a calendar.
    """
    blocks: list[Block] = []
    parts: list[str] = []
    for number, text in _unfold(_decode(data)):
        word, _, part = (piece.strip().upper() for piece in text.partition(":"))
        if not parts and (word, part) != ("BEGIN", "VCALENDAR"):
            raise InvalidInput({f"line {number}": "A calendar begins with BEGIN:VCALENDAR: send an .ics file"})
        if word == "BEGIN":
            parts.append(part)
            _check_depth(parts, number)
            if part == "VEVENT":
                blocks.append(Block(number))
        elif word == "END":
            _close(parts, part, number)
        elif parts[-1] == "VEVENT":
            _keep(blocks[-1], number, text)
    if parts:
        raise InvalidInput({"file": f"The file ends before its {parts[-1][:40]} does: download it again"})
    if len(blocks) > MAX_EVENTS:
        raise InvalidInput({"file": f"There are more than {MAX_EVENTS:,} events: send a smaller calendar"})
    return blocks


def _check_depth(parts: list[str], number: int) -> None:
    if len(parts) > MAX_DEPTH or parts.count("VEVENT") > 1:
        raise InvalidInput({f"line {number}": f"{parts[-1][:40]} stands inside too many others: export the file again"})


def _close(parts: list[str], part: str, number: int) -> None:
    if part != parts.pop():
        raise InvalidInput({f"line {number}": f"END:{part[:40]} closes what was not open: export the file again"})


def _keep(block: Block, number: int, text: str) -> None:
    """Put a property into the block if it matters here.

    Raises: InvalidInput at the line when it is none.
    """
    name = _NAME.match(text)
    if not name:
        raise InvalidInput({f"line {number}": "This is not a line of a calendar: export the file again"})
    word, place, params = name[0].upper(), name.end(), dict[str, str]()
    if word not in KEPT:
        return
    if len(text) > MAX_LINE:
        raise InvalidInput({f"line {number}": f"{word} is longer than {MAX_LINE:,} characters"})
    while param := _PARAM.match(text, place):
        params[param[1].upper()] = param[2].strip('"')
        place = param.end()
    if text[place : place + 1] != ":":
        raise InvalidInput({f"line {number}": f"{word} cannot be read: export the file again"})
    block.lines.append(Line(number, word, params, text[place + 1 :]))


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise InvalidInput({"file": f"The file has {len(data) / 1024 / 1024:.1f} MB; a calendar may have 1 MB"})
    if not data.strip():
        raise InvalidInput({"file": "The file is empty"})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise InvalidInput({f"line {line}": "This is not text in UTF-8: export the calendar again"}) from None
    if "\0" in text:
        raise InvalidInput({"file": "There are zero bytes in the file: it is not a calendar"})
    return text


def _unfold(text: str) -> list[tuple[int, str]]:
    """Lines with the number each begins on; a line that starts with a space goes on from the one before."""
    parts: list[tuple[int, list[str]]] = []
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(raw) > MAX_LINES:
        raise InvalidInput({"file": f"There are more than {MAX_LINES:,} lines: send a smaller calendar"})
    for number, line in enumerate(raw, start=1):
        if line[:1] in (" ", "\t") and parts:
            parts[-1][1].append(line[1:])
        elif line.strip():
            parts.append((number, [line]))
    return [(number, "".join(pieces)) for number, pieces in parts]
