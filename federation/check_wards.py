"""Count real wards again and compare with what was published: every figure of every round, to its last printed place."""

import csv
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

from federation.assembly.count.answer import told
from federation.assembly.count.blt import read_blt
from federation.assembly.count.elect import count_election
from tenants.errors import InvalidInput

OFFICIAL = "official.csv"
COLUMNS = (
    "ward",
    "seats",
    "valid_poll",
    "quota",
    "rounds",
    "candidate_number",
    "elected_in_round",
    "votes_in_each_round",
)


def check_wards(directory: Path) -> int:
    """Count each ward of a directory by the Scottish rules, and print a line for it; 0 when all figures agree, else 1.

    `official.csv` has a line for each candidate: ward, seats, valid_poll, quota, rounds, candidate_number, candidate,
    elected_in_round, votes_in_each_round (with spaces between). The ballots are in `<ward>.blt` beside it.

    Raises: InvalidInput when a file cannot be read.
    """
    wards: dict[str, list[dict[str, str]]] = {}
    reader = csv.DictReader(_text(directory / OFFICIAL).splitlines())
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        raise InvalidInput({OFFICIAL: f"the first line must name the columns; {', '.join(missing)} is missing"})
    for row in reader:
        wards.setdefault(row["ward"], []).append(row)
    if not wards:
        raise InvalidInput({OFFICIAL: "there are no wards in it"})
    wrong = 0
    for ward, rows in sorted(wards.items()):
        figures, faults = _compare(directory / f"{ward}.blt", rows)
        wrong += bool(faults)
        print(f"{ward:<34} {rows[0]['rounds']:>2} rounds {figures:>4} figures  {'DIFFERS' if faults else 'same'}")
        for fault in faults:
            print(f"    {fault}")
    print(f"{len(wards) - wrong} of {len(wards)} wards are the same to the last printed decimal.")
    return int(wrong > 0)


def agrees(printed: str, votes: str) -> bool:
    """Whether a printed figure is these votes to the places that were printed, cut off or rounded.

    >>> agrees("2287", "2287.00000"), agrees("93.788", "93.78800"), agrees("1182.14", "1182.15000")
    (True, True, False)
    """
    figure, counted = Decimal(printed), Decimal(votes)
    places = Decimal(1).scaleb(int(figure.as_tuple().exponent))
    return figure in (counted.quantize(places, ROUND_DOWN), counted.quantize(places, ROUND_HALF_UP))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput({str(path): f"cannot be read: {error.strerror or error}"}) from None
    except UnicodeDecodeError:
        raise InvalidInput({str(path): "is not text in UTF-8"}) from None


def _compare(path: Path, rows: Sequence[dict[str, str]]) -> tuple[int, list[str]]:
    """How many figures were compared, and what differs, in words."""
    election = read_blt(_text(path))
    answer = told(count_election(election), election)
    head = rows[0]
    facts = (
        ("seats", head["seats"], election.seats),
        ("valid ballots", head["valid_poll"], answer["ballots"]["valid"]),
        ("quota", head["quota"], answer["quota"]),
        ("rounds", head["rounds"], len(answer["rounds"])),
    )
    faults = [f"{what}: {said} was published, {ours} counted" for what, said, ours in facts if said != str(ours)]
    results = {row["id"]: row for row in answer["candidates"]}
    figures = 0
    for row in rows:
        number = row["candidate_number"]
        if not number.isdigit() or not 1 <= int(number) <= len(election.candidates):
            raise InvalidInput({OFFICIAL: f"{path.stem} has no candidate {number[:20]!r}"})
        name = election.candidates[int(number) - 1].id
        result = results[name]
        ours = str(result["round"]) if result["result"] == "elected" else ""
        if ours != row["elected_in_round"]:
            faults.append(f"{name}: elected in round {row['elected_in_round'] or '-'}, counted {ours or '-'}")
        printed = row["votes_in_each_round"].split()
        counted = [done["votes"][name] for done in answer["rounds"]]
        figures += len(printed)
        faults += _figure_faults(name, printed, counted)
    return figures, faults


def _figure_faults(name: str, printed: Sequence[str], counted: Sequence[str]) -> Iterable[str]:
    for number, (said, ours) in enumerate(zip(printed, counted, strict=False), 1):
        if not agrees(said, ours):
            yield f"{name}, round {number}: {said} was published, {ours} counted"
    if len(printed) != len(counted):
        yield f"{name}: {len(printed)} rounds were published, {len(counted)} counted"
