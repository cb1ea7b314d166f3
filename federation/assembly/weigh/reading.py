"""Sizes and a voting rule as plain, checked values, read from decoded JSON."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from federation.assembly.power.games import MOST_PLAYERS
from federation.assembly.weigh import quotas, schemes
from federation.assembly.weigh.quotas import QuotaRule, SecondMajority
from federation.assembly.weigh.schemes import ClassShare, Scheme
from federation.assembly.weigh.sheet import MAX_SIZE, Rule
from tenants.reading import Reader

MAX_WEIGHT = 1_000_000
MOST_BANDS = 100
MOST_CLASSES = 20
_FOR_ALL = ("floor", "cap", "cap_percent")
_KEYS = {
    "one_each": (),
    "proportional": ("total",),
    "square_root": (),
    "base_plus": ("base", "total"),
    "bands": ("bands",),
    "classes": ("classes", "total"),
}
_NEEDED = {"base_plus": ("total",), "bands": ("bands",), "classes": ("classes", "total")}


def read_weighing(raw: Any) -> tuple[dict[str, int], Rule]:
    """Read `sizes`, `scheme`, `quota` (without it, more than half) and `second_majority`.

    Raises: InvalidInput with the path of every key that is unknown, missing or wrong, and what would be right.
    """
    read = Reader()
    sheet = read.mapping(raw, "", required=("sizes", "scheme"), optional=("quota", "second_majority"))
    read.finish()
    sizes = read_sizes(read, sheet["sizes"])
    rule = read_rule(read, sheet, sizes)
    read.finish()
    return sizes, rule


def read_sizes(read: Reader, raw: Any) -> dict[str, int]:
    """Members by co-op, in sorted order."""
    if not isinstance(raw, dict):
        read.wrong("sizes", "must be an object of whole numbers of members by co-op")
        return {}
    if not 1 <= len(raw) <= MOST_PLAYERS:
        read.wrong("sizes", f"must have 1 to {MOST_PLAYERS:,} co-ops, not {len(raw):,}")
        return {}
    sizes = {}
    for coop in sorted(raw):
        path = f"sizes.{coop[:60]}"
        sizes[read.name(coop, path)] = read.whole(raw[coop], path, 0, MAX_SIZE)
    if not read.errors and not any(sizes.values()):
        read.wrong("sizes", "at least one co-op must have members")
    return sizes


def read_rule(read: Reader, sheet: Mapping[str, Any], sizes: Mapping[str, int]) -> Rule:
    """The rule from the keys `scheme`, `quota` and `second_majority` of an object; classes are checked by `sizes`."""
    scheme = read_scheme(read, sheet["scheme"], sizes)
    quota = _quota(read, sheet["quota"]) if "quota" in sheet else QuotaRule()
    second = _second(read, sheet["second_majority"]) if sheet.get("second_majority") is not None else None
    return Rule(scheme, quota, second)


def read_scheme(read: Reader, raw: Any, sizes: Mapping[str, int]) -> Scheme:
    """A scheme; keys that mean nothing for its kind are refused."""
    kind = read.choice(raw.get("kind"), "scheme.kind", schemes.KINDS) if isinstance(raw, dict) else "one_each"
    needed = _NEEDED.get(kind, ())
    free = tuple(key for key in (*_KEYS[kind], *_FOR_ALL) if key not in needed)
    sheet = read.mapping(raw, "scheme", required=("kind", *needed), optional=free)
    cap = read.whole(sheet["cap"], "scheme.cap", 1, MAX_WEIGHT) if "cap" in sheet else None
    floor = read.whole(sheet.get("floor", 0), "scheme.floor", 0, MAX_WEIGHT)
    if cap is not None and floor > cap:
        read.wrong("scheme.floor", f"cannot be kept: it lies above the cap of {cap:,}")
    percent = None
    if "cap_percent" in sheet:
        percent = _above_nought(read, sheet["cap_percent"], "scheme.cap_percent", Fraction(100))
    return Scheme(
        kind,
        base=read.whole(sheet.get("base", 0), "scheme.base", 0, MAX_WEIGHT),
        total=read.whole(sheet["total"], "scheme.total", 1, MAX_WEIGHT) if "total" in sheet else None,
        bands=_bands(read, sheet["bands"]) if "bands" in sheet and kind == "bands" else ((0, 1),),
        classes=_classes(read, sheet["classes"], sizes) if "classes" in sheet and kind == "classes" else (),
        floor=floor,
        cap=cap,
        cap_percent=percent,
    )


def _bands(read: Reader, raw: Any) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for number, row in enumerate(read.rows(raw, "scheme.bands", 1, MOST_BANDS)):
        path = f"scheme.bands[{number}]"
        if not isinstance(row, list) or len(row) != 2:
            read.wrong(path, "must be a pair [least size, weight]")
            continue
        least = read.whole(row[0], f"{path}[0]", 0, MAX_SIZE)
        weight = read.whole(row[1], f"{path}[1]", 0, MAX_WEIGHT)
        if number == 0 and least != 0:
            read.wrong(f"{path}[0]", "the first band starts at size 0")
        elif found and least <= found[-1][0]:
            read.wrong(f"{path}[0]", f"bands go upwards: it must be above {found[-1][0]:,}")
        if found and weight < found[-1][1]:
            read.wrong(f"{path}[1]", f"a larger co-op has no less weight: at least {found[-1][1]:,}")
        found.append((least, weight))
    return tuple(found) if found and found[0][0] == 0 else ((0, 1),)


def _classes(read: Reader, raw: Any, sizes: Mapping[str, int]) -> tuple[ClassShare, ...]:
    if not isinstance(raw, dict) or not 1 <= len(raw) <= MOST_CLASSES:
        read.wrong("scheme.classes", f"must be an object of 1 to {MOST_CLASSES} classes by name")
        return ()
    stands: dict[str, str] = {}
    found = []
    for name in sorted(raw):
        path = f"scheme.classes.{name[:60]}"
        sheet = read.mapping(raw[name], path, required=("share_percent", "members"))
        share = _above_nought(read, sheet.get("share_percent"), f"{path}.share_percent", Fraction(100))
        members = []
        for number, coop in enumerate(read.rows(sheet.get("members"), f"{path}.members", 1, MOST_PLAYERS)):
            place = f"{path}.members[{number}]"
            known = read.name(coop, place)
            if known and known not in sizes:
                read.wrong(place, f"there is no co-op {known[:60]!r} among the sizes")
            elif known in stands:
                read.wrong(place, f"{known[:60]!r} already stands in the class {stands[known]}; name each co-op once")
            else:
                stands[known] = name
                members.append(known)
        found.append(ClassShare(read.name(name, path), share, tuple(sorted(members))))
    whole = sum(one.percent for one in found)
    if not read.errors and whole != 100:
        read.wrong("scheme.classes", f"the shares of all classes must make 100 percent, not {float(whole):g}")
    if not read.errors and (missing := sorted(set(sizes) - stands.keys())):
        read.wrong("scheme.classes", f"every co-op must stand in a class: {missing[0][:60]!r} does not")
    return tuple(found)


def _quota(read: Reader, raw: Any) -> QuotaRule:
    kind = read.choice(raw.get("kind"), "quota.kind", quotas.KINDS) if isinstance(raw, dict) else "majority"
    needed = ("kind", "percent") if kind == "percent" else ("kind",)
    sheet = read.mapping(raw, "quota", required=needed)
    if kind != "percent":
        return QuotaRule(kind)
    return QuotaRule(kind, _above_nought(read, sheet.get("percent"), "quota.percent", Fraction(100)))


def _second(read: Reader, raw: Any) -> SecondMajority:
    sheet = read.mapping(raw, "second_majority", required=("of",), optional=("percent",))
    of = read.choice(sheet.get("of"), "second_majority.of", ("coops", "members"))
    return SecondMajority(of, read.number(sheet.get("percent", 50), "second_majority.percent", 50, 100))


def _above_nought(read: Reader, raw: Any, path: str, most: Fraction) -> Fraction:
    value = read.number(raw, path, 0, int(most))
    if not value and path not in read.errors:
        read.wrong(path, f"must be more than nought, at most {int(most)}")
    return value or Fraction(1)
