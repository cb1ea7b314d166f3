"""What a motion does once it is carried: checked when it is written, said in words, carried out when it is declared.

An effect is plain values: {"set": setting, "value": …}, or {"scheme": id, "rules": {kind: rule}} for weights and rules of
decision (see `services.rule_effects`), or neither; and beside it "from" (a day; without one, the day it is carried),
"review_on" (a day) and "supersedes" (the id of a policy).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from federation.assembly.models import Motion, Policy
from federation.assembly.services import rule_effects, schemes
from tenants import clock
from tenants.db import db
from tenants.errors import HouseError, InvalidInput, RuleBroken
from tenants.models import Setting
from tenants.settings import KNOWN, set_setting

KEYS = ("set", "value", "scheme", "rules", "from", "review_on", "supersedes")


def check(raw: Mapping[str, Any] | None, kind: str) -> dict[str, Any] | None:
    """The effect of a motion of this kind, as it is kept; None for a motion that only says something.

    Raises: InvalidInput with paths that begin with `effect`.
    """
    given = {key: value for key, value in (raw or {}).items() if value not in (None, "", [], {})}
    if not given:
        return None
    wrong = {f"effect.{key}": "There is no such part of an effect" for key in given if key not in KEYS}
    found: dict[str, Any] = _days(given, wrong)
    if "set" in given and ("scheme" in given or "rules" in given):
        wrong["effect"] = "A motion changes one thing: a setting, or the weights and rules"
    elif "set" in given:
        found |= _setting(given, wrong)
    elif "scheme" in given or "rules" in given:
        found |= _ground_rules(given, wrong)
        if kind != "constitutional":
            wrong["kind"] = "Weights and rules of decision are changed by a constitutional motion"
    if "supersedes" in given:
        policy = _policy(given["supersedes"])
        if policy is None or policy.in_force_until is not None:
            wrong["effect.supersedes"] = "Choose a policy that is in force"
        else:
            found["supersedes"] = str(policy.id)
    if wrong:
        raise InvalidInput(wrong)
    return found


def check_entrenched(effect: Mapping[str, Any] | None, one_each: bool) -> None:
    """Whether a vote may change weights or rules: only by one co-op, one vote. Raises: RuleBroken."""
    if effect and ("scheme" in effect or "rules" in effect) and not one_each:
        raise RuleBroken(
            "weights-need-one-each",
            "Weights and rules are changed by one co-op, one vote. The rule for constitutional decisions must say so.",
        )


def sentences(effect: Mapping[str, Any] | None) -> list[str]:
    """What the effect will do or has done, one sentence for each part."""
    if not effect:
        return []
    start = date.fromisoformat(effect["from"]) if effect.get("from") else None
    day = f"from {clock.day_words(start)}" if start else "from the day it is carried"
    told = []
    if "set" in effect:
        told.append(f"It sets “{KNOWN[effect['set']].label}” to {value_words(effect['set'], effect['value'])}, {day}.")
    if "scheme" in effect:
        told.append(f"Votes are weighed by “{schemes.get_scheme(UUID(effect['scheme'])).name}”, {day}.")
    for kind in effect.get("rules") or {}:
        told.append(f"It changes how {kind} decisions are taken, {day}.")
    if not told:
        told.append(f"It is in force {day}.")
    if effect.get("review_on"):
        told.append(f"It is looked at again on {clock.day_words(date.fromisoformat(effect['review_on']))}.")
    policy = _policy(effect["supersedes"]) if effect.get("supersedes") else None
    if policy is not None:
        told.append(f"It takes the place of policy {policy.number}, “{policy.title}”.")
    return told


def details(effect: Mapping[str, Any] | None) -> list[str]:
    """What a change of weights or rules means, before it is carried: each difference, and the warning where there is one."""
    if not effect or not ("scheme" in effect or "rules" in effect):
        return []
    try:
        return rule_effects.effect_words(_ground(effect, clock.today()))
    except InvalidInput as error:
        return [text for text in error.errors.values()]


def value_words(name: str, value: Any) -> str:
    """A setting's value as people say it.

    >>> value_words("share_rule", "equal_price"), value_words("payment_days", 14)
    ('“Everybody pays the same price a pack”', '14')
    """
    words = (KNOWN[name].choices or {}).get(value) if isinstance(value, str) else None
    return f"“{words}”" if words else "nothing" if value is None else str(value)


def carry_out(motion: Motion, day: date) -> tuple[date, str]:
    """Do what a carried motion does, citing it; answers from which day it holds, and what it changed in words.

    What has become impossible since the notice (the scheme was adopted by another motion, say) does not undo the
    declaration: the register then says that it was not carried out, and why.
    """
    effect: dict[str, Any] = motion.effect or {}
    start = max(day, date.fromisoformat(effect["from"])) if effect.get("from") else day
    try:
        with db.session.begin_nested():
            return _carried_out(motion, effect, start, f"Motion {motion.number}, carried {clock.day_words(day)}")
    except HouseError as error:
        return start, f"Not carried out: {error.message}"


def _carried_out(motion: Motion, effect: Mapping[str, Any], start: date, cited: str) -> tuple[date, str]:
    if "set" in effect:
        start = _free_day(effect["set"], start)
        set_setting(effect["set"], effect["value"], start, cited)
        return start, f"Sets “{KNOWN[effect['set']].label}” to {value_words(effect['set'], effect['value'])}"
    if "scheme" in effect or "rules" in effect:
        rule_effects.apply_effect(_ground(effect, start), resolution=cited, motion_id=motion.id)
        done = []
        if "scheme" in effect:
            done.append(f"Weighs votes by “{schemes.get_scheme(UUID(effect['scheme'])).name}”")
        done += [f"Changes how {kind} decisions are taken" for kind in effect.get("rules") or {}]
        return start, "; ".join(done)
    return start, ""


def _ground(effect: Mapping[str, Any], start: date) -> dict[str, Any]:
    """The part of an effect that changes weights and rules, as `services.rule_effects` reads it."""
    later = max(start, date.fromisoformat(effect["from"])) if effect.get("from") else start
    return {key: effect[key] for key in ("scheme", "rules") if key in effect} | {"from": later.isoformat()}


def _free_day(name: str, start: date) -> date:
    """The first day from `start` for which the setting has no value of its own: a day has one value."""
    taken = set(db.session.scalars(select(Setting.from_date).where(Setting.name == name, Setting.from_date >= start)))
    while start in taken:
        start += timedelta(days=1)
    return start


def _days(given: Mapping[str, Any], wrong: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("from", "review_on"):
        if key not in given:
            continue
        day = given[key] if isinstance(given[key], date) else _day(given[key])
        if day is None or not 2000 <= day.year <= 2100:
            wrong[f"effect.{key}"] = "Enter a real day between 2000 and 2100"
        elif day < clock.today():
            wrong[f"effect.{key}"] = "Enter today or a later day"
        else:
            found[key] = day.isoformat()
    if len(found) == 2 and found["review_on"] <= found["from"]:
        wrong["effect.review_on"] = "The review comes after the day from which it is in force"
    return found


def _day(raw: Any) -> date | None:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        return None


def _setting(given: Mapping[str, Any], wrong: dict[str, str]) -> dict[str, Any]:
    name, value = given["set"], given.get("value")
    if not isinstance(name, str) or name not in KNOWN:
        wrong["effect.set"] = f"Choose one of: {', '.join(KNOWN)}"
    elif isinstance(value, list | dict | bool | float):
        wrong["effect.value"] = "Enter a text or a whole number"
    else:
        try:
            return {"set": name, "value": KNOWN[name].check(value)}
        except ValueError as error:
            wrong["effect.value"] = str(error)
    return {}


def _ground_rules(given: Mapping[str, Any], wrong: dict[str, str]) -> dict[str, Any]:
    plain = {key: given[key] for key in ("scheme", "rules") if key in given}
    if "scheme" in plain:
        plain["scheme"] = str(plain["scheme"])
    try:
        read = rule_effects.read_effect(plain | {"from": clock.today().isoformat()})
    except InvalidInput as error:
        wrong.update(error.errors)
        return {}
    found: dict[str, Any] = {"scheme": str(read.scheme_id)} if read.scheme_id else {}
    return found | ({"rules": {kind: rule.as_json() for kind, rule in read.rules.items()}} if read.rules else {})


def _policy(raw: Any) -> Policy | None:
    try:
        return db.session.get(Policy, raw if isinstance(raw, UUID) else UUID(str(raw)))
    except ValueError:
        return None
