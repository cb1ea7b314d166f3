"""BLT files: how ranked ballots travel between programs. Read strictly, every fault named by its line.

The first line has the number of candidates and of seats; then lines of negative numbers name who withdrew; then a
line for each ballot: its weight, the candidates' numbers from the first choice on, and 0; a line with 0 alone ends
the ballots; then each candidate's name in quotation marks, and the title.
"""

import re
from collections.abc import Mapping, Sequence

from federation.assembly.count.problem import MOST_CANDIDATES, MOST_ROWS, MOST_WEIGHT, Ballots, Candidate, Election
from tenants.errors import InvalidInput

_MOST_ERRORS = 25
_END = b"\xff"
_HEAD = re.compile(r"(\d{1,6})\s+(\d{1,6})", re.ASCII)
_WITHDRAWN = re.compile(r"-\d{1,6}(\s+-\d{1,6})*", re.ASCII)
_NAME = re.compile(r'"([^"]*)"')
_WEIGHT = re.compile(r"\d{1,13}", re.ASCII)
Line = tuple[int, str]


def read_blt(text: str) -> Election:
    r"""The election of a BLT file; candidates go by their names. The method is Scottish until another is asked for.

    >>> read_blt('2 1\n3 1 2 0\n1 2 0\n0\n"Ann"\n"Bo"\n"Chair"\n').ballots.grouped()
    {b'\x00\x01': 3, b'\x01': 1}

    Raises: InvalidInput by line.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    count, seats = _head(lines)
    first = 1
    while first < len(lines) and lines[first][1].startswith("-"):
        first += 1
    withdrawn = _withdrawn(lines[1:first], count)
    end = next((place for place in range(first, len(lines)) if lines[place][1] == "0"), len(lines))
    if end - first > MOST_ROWS:
        raise InvalidInput({"": f"there are more than {MOST_ROWS:,} lines of ballots: put equal ones together"})
    ballots = _ballots(lines[first:end], count)
    if end == len(lines):
        last = lines[-1][0]
        raise InvalidInput({f"line {last}": "the ballots never end: a line with 0 alone must follow the last ballot"})
    names, title = _names(lines[end + 1 :], count, lines[end][0])
    candidates = tuple(Candidate(name, name, withdrawn=place + 1 in withdrawn) for place, name in enumerate(names))
    return Election(title, "scottish", seats, candidates, Ballots.of(ballots))


def write_blt(title: str, seats: int, names: Sequence[str], ballots: Mapping[bytes, int]) -> str:
    r"""A BLT file, its ballots in a fixed order that tells nothing of when they were cast.

    >>> print(write_blt("Chair", 1, ["Ann", "Bo"], {b"\1": 1, b"\0\1": 3}))
    2 1
    3 1 2 0
    1 2 0
    0
    "Ann"
    "Bo"
    "Chair"
    <BLANKLINE>
    """
    rows = ballot_lines(ballots)
    texts = ['"' + text.replace('"', "'") + '"' for text in (*names, title)]
    return "\n".join([f"{len(names)} {seats}", *rows, "0", *texts, ""])


def ballot_lines(ballots: Mapping[bytes, int]) -> list[str]:
    """Ballots as lines of a BLT file, sorted by ranking.

    >>> ballot_lines({b"\\1": 1, b"\\0\\1": 3})
    ['3 1 2 0', '1 2 0']
    """
    number = [str(place + 1) for place in range(MOST_CANDIDATES)]
    lines = []
    for rank, votes in sorted(ballots.items()):
        end = " ".join(["", *[number[place] for place in rank], "0"])
        # Together, equal ballots may weigh more than one line may say.
        lines += [f"{MOST_WEIGHT}{end}"] * ((votes - 1) // MOST_WEIGHT)
        lines.append(f"{(votes - 1) % MOST_WEIGHT + 1}{end}")
    return lines


def _head(lines: Sequence[Line]) -> tuple[int, int]:
    wanted = "the first line has the number of candidates and the number of seats, like 6 3"
    if not lines:
        raise InvalidInput({"line 1": f"{wanted}; there is nothing here"})
    number, line = lines[0]
    found = _HEAD.fullmatch(line)
    if not found:
        raise InvalidInput({f"line {number}": f"{wanted}, not {line[:60]!r}"})
    count, seats = int(found[1]), int(found[2])
    for value, what in ((count, "candidates"), (seats, "seats")):
        if not 1 <= value <= MOST_CANDIDATES:
            raise InvalidInput({f"line {number}": f"there must be 1 to {MOST_CANDIDATES} {what}, not {value:,}"})
    return count, seats


def _withdrawn(lines: Sequence[Line], count: int) -> set[int]:
    found: set[int] = set()
    for number, line in lines:
        if not _WITHDRAWN.fullmatch(line):
            raise InvalidInput(
                {f"line {number}": "a line of candidates who withdrew has only negative numbers, like -2 -5"}
            )
        for word in line.split():
            if not 1 <= -int(word) <= count:
                raise InvalidInput({f"line {number}": f"{word} withdraws a candidate who is not there: 1 to {count}"})
            if -int(word) in found:
                raise InvalidInput({f"line {number}": f"candidate {-int(word)} withdraws twice"})
            found.add(-int(word))
    return found


def _ballots(lines: Sequence[Line], count: int) -> dict[bytes, int]:
    """Votes by ranking. Equal lines are read once, since there are often many of them."""
    byte = {"0": _END[0], **{str(number): number - 1 for number in range(1, count + 1)}}
    weights: dict[str, int] = {}
    for _, line in lines:
        weight, _, ranking = line.partition(" ")
        if not (weight.isascii() and weight.isdigit() and len(weight) <= 13 and 1 <= int(weight) <= MOST_WEIGHT):
            raise InvalidInput(_faults(lines, count))
        weights[ranking] = weights.get(ranking, 0) + int(weight)
    ballots: dict[bytes, int] = {}
    for ranking, votes in weights.items():
        words = ranking.split()
        try:
            key = bytes([byte[word] for word in words])
        except KeyError:
            raise InvalidInput(_faults(lines, count)) from None
        if key[-1:] != _END or len(set(key)) < len(key):
            raise InvalidInput(_faults(lines, count))
        key = key[:-1]
        ballots[key] = ballots.get(key, 0) + votes
    return ballots


def _faults(lines: Sequence[Line], count: int) -> dict[str, str]:
    """Read the ballots once more, to name what is wrong by line."""
    errors: dict[str, str] = {}
    for number, line in lines:
        if fault := ballot_fault(line, count):
            errors[f"line {number}"] = fault
        if len(errors) >= _MOST_ERRORS:
            break
    return errors


def ballot_fault(line: str, count: int) -> str:
    """What is wrong with a ballot's line, with how to mend it; nothing when it can be used."""
    weight, *words = line.split()
    if line.startswith('"'):
        return "a name stands among the ballots: a line with 0 alone must end them first"
    if weight.startswith("-"):
        return "candidates who withdrew stand before the first ballot"
    if not _WEIGHT.fullmatch(weight) or not 1 <= int(weight) <= MOST_WEIGHT:
        return f"a ballot starts with its weight, a whole number from 1 to {MOST_WEIGHT:,}, not {weight[:20]!r}"
    if not words or words[-1] != "0":
        return "a ballot ends with 0"
    seen: set[str] = set()
    for word in words[:-1]:
        if fault := _word_fault(word, count):
            return fault
        if word in seen:
            return f"candidate {word} stands twice on this ballot; rank each once"
        seen.add(word)
    return ""


def _word_fault(word: str, count: int) -> str:
    if word in ("0", "-"):
        return "there is a gap in this ranking: write the choices one after another, and 0 only at the end"
    if "=" in word:
        return f"{word[:20]!r} ranks two candidates equal, which no rule here can count; put one before the other"
    if not (word.isascii() and word.isdigit()) or word != str(int(word[:9])) or not 1 <= int(word) <= count:
        return f"{word[:20]!r} is not a candidate: there are 1 to {count}"
    return ""


def _names(lines: Sequence[Line], count: int, end: int) -> tuple[list[str], str]:
    """The names of all candidates, and the title, which may be missing."""
    errors: dict[str, str] = {}
    texts: list[str] = []
    for number, line in lines[: count + 2]:
        found = _NAME.fullmatch(line)
        text = found[1].strip() if found else ""
        if not found or len(text) > 200 or not text.isprintable() or (not text and len(texts) < count):
            errors[f"line {number}"] = f"must be a name in quotation marks, at most 200 letters, not {line[:40]!r}"
        elif len(texts) < count and text in texts:
            errors[f"line {number}"] = f"{text!r} is a candidate already; two of one name cannot be told apart"
        texts.append(text)
    if len(lines) > count + 1:
        errors[f"line {lines[count + 1][0]}"] = f"nothing follows the {count} names and the title"
    if len(lines) < count:
        last = lines[-1][0] if lines else end
        errors[f"line {last}"] = f"there are {count} candidates, but {len(lines)} names after the ballots"
    if errors:
        raise InvalidInput(errors)
    return texts[:count], texts[count] if len(texts) > count else ""
