"""What the award page shows: who supplies what, what is proven, what else could be done, and who pays what."""

from typing import Any

from flask import url_for

from procurement.models import Award, BuyingRound
from procurement.services import awards, sharing
from procurement.services.problems import item_names, supplier_names
from procurement.services.sharing import Charges
from procurement.views.award_lines import supplier_lines
from procurement.views.words import STATE_WORDS, STEPS, plural, step_at
from tenants.identity import Identity
from tenants.money import format_pence
from tenants.permissions import may
from tenants.services.coops import coop_names
from tenants.settings import SHARE_RULES, get_setting
from tenants.web_forms import Form

_RULE_ABOUT = {
    "equal_price": "Each line’s cost is divided by its packs; delivery follows the goods.",
    "equal_percent": "Everybody saves the same percentage of what they would pay alone.",
    "proportional": "Shares follow the value of one’s own demand at the lowest first prices.",
}


def award_page(award: Award, buying_round: BuyingRound, identity: Identity, form: Form) -> dict[str, Any]:
    """What procurement/award.html shows of an award that has an answer."""
    answer = award.answer or {}
    charges = sharing.charges_of(award)
    known = sharing.alone_prices(buying_round.id)
    coops = sorted({coop for wanted in charges.demand.values() for coop in wanted})
    alone = known if set(known) >= set(coops) else None
    by_rule = sharing.shares_by_rule(charges, alone)
    rule = get_setting("share_rule")
    joint = by_rule.get(rule) or by_rule["equal_price"]
    names = coop_names()
    saved = _saved(joint, alone)
    offered = len((award.problem or {}).get("suppliers", ()))
    word, kind = STATE_WORDS[buying_round.state] if award.state == "approved" else ("Waiting for your approval", "warn")
    return {
        "title": _title(answer, saved),
        "state_word": word,
        "state_kind": kind,
        "step_names": STEPS,
        "step_at": step_at(buying_round.state, proposed=True),
        "about": f"{buying_round.title}, round {buying_round.number}, {plural(len(coops), 'co-op')}. {_pins(award)}".strip(),
        "cards": _cards(answer, saved, alone, offered),
        "bulb": _bulb(answer, buying_round, identity),
        "alone": _alone(joint, known, alone, names, rule, rule in by_rule),
        "choices": _choices(answer, charges, alone),
        "approve": _approve(award, buying_round, identity, form),
        "job": None,
        "tries": _tries(award, buying_round),
        "pinning": _pinning(award, buying_round, identity),
        "suppliers": supplier_lines(award, buying_round),
        "total_pence": award.cost_pence,
        "urls": {
            "csv": url_for("awards.download", round_id=buying_round.id, kind="csv"),
            "xlsx": url_for("awards.download", round_id=buying_round.id, kind="xlsx"),
        },
        "rules": [
            {
                "name": SHARE_RULES[name],
                "current": name == rule,
                "about": _RULE_ABOUT[name],
                "rows": [{"name": names.get(coop, coop), "pence": paid[coop]} for coop in _by_size(joint)],
            }
            for name, paid in by_rule.items()
        ],
    }


def infeasible_page(award: Award, buying_round: BuyingRound) -> dict[str, Any]:
    """What procurement/infeasible.html shows: which limits clash."""
    found = (award.answer or {}).get("why_not") or {}
    names = supplier_names() | {code: name for code, (name, _) in item_names(buying_round).items()}
    clashes = [
        {
            "limit": names.get(clash.get("supplier") or "", "")
            or names.get(clash.get("item") or "", "")
            or "The round’s own limit",
            "text": _named(clash["words"], names),
            "fix": "",
            "href": None,
            "act": None,
        }
        for clash in found.get("clash", [])
    ]
    if (award.answer or {}).get("status") == "unknown":
        return {
            "title": "No award was found in the time there was",
            "clashes": [],
            "best": None,
            "retry_url": url_for("rounds.run_award", round_id=buying_round.id),
            "about": "That does not mean there is none: try again, or ease a limit.",
        }
    return {
        "title": "No set of suppliers can meet every limit",
        "clashes": clashes,
        "about": "Ease one of these and work the award out again."
        if found.get("proven", False)
        else "These were found in the time there was; a smaller set may clash as well.",
        "best": None,
        "retry_url": url_for("rounds.run_award", round_id=buying_round.id),
    }


def _named(words: str, names: dict[str, str]) -> str:
    for code in sorted(names, key=len, reverse=True):
        words = words.replace(code, names[code])
    return words


def _by_size(joint: dict[str, int]) -> list[str]:
    return sorted(joint, key=lambda coop: (-joint[coop], coop))


def _saved(joint: dict[str, int], alone: dict[str, int | None] | None) -> int | None:
    if alone is None:
        return None
    return sum(pence - joint[coop] for coop in joint if (pence := alone[coop]) is not None)


def _title(answer: dict[str, Any], saved: int | None) -> str:
    count = ("one", "two", "three", "four", "five", "six")
    suppliers = len(answer["suppliers"])
    words = f"{count[suppliers - 1] if suppliers <= len(count) else suppliers} supplier{'s' if suppliers != 1 else ''}"
    if saved is None or saved <= 0:
        return f"Buy from {words} for {format_pence(answer['cost_pence'])}"
    return f"Buy from {words} and save at least {format_pence(saved)}"


def _pins(award: Award) -> str:
    names = supplier_names()
    parts = [f"{names.get(code, code)} required" for code in award.pinned] + [
        f"{names.get(code, code)} left out" for code in award.barred
    ]
    return ("With " + ", ".join(parts) + ".") if parts else ""


def _cards(
    answer: dict[str, Any], saved: int | None, alone: dict[str, int | None] | None, offered: int
) -> list[dict[str, str]]:
    goods, delivery = (
        sum(s["goods_pence"] for s in answer["suppliers"]),
        sum(s["delivery_pence"] for s in answer["suppliers"]),
    )
    whole = sum(pence for pence in (alone or {}).values() if pence is not None)
    over = max(0, answer["cost_pence"] - answer["bound_pence"])
    proven = {
        "title": "Proven least cost" if over == 0 else "Proven within",
        "value": format_pence(over) if over else format_pence(answer["cost_pence"]),
        "small": "no set of suppliers costs less" if over == 0 else "of the least possible cost",
    }
    return [
        {
            "title": "Total to pay, net of VAT",
            "value": format_pence(answer["cost_pence"]),
            "small": f"Goods {format_pence(goods)}, delivery {format_pence(delivery)}",
        },
        {
            "title": "Saved by buying together",
            "value": "–" if saved is None else format_pence(saved),
            "small": "being worked out"
            if saved is None
            else f"at least {100 * saved / whole:.1f}% less than alone"
            if whole
            else "nobody could buy alone",
        },
        proven,
        {
            "title": "Suppliers",
            "value": f"{len(answer['suppliers'])} of {offered}",
            "small": "with a price list that holds",
        },
    ]


def _bulb(answer: dict[str, Any], buying_round: BuyingRound, identity: Identity) -> dict[str, Any] | None:
    steps = [step for step in answer.get("next_tiers") or [] if step.get("saves_pence", 0) > 0]
    if not steps or buying_round.state != "closed":
        return None
    best = max(steps, key=lambda step: step["saves_pence"])
    suppliers, items = supplier_names(), item_names(buying_round)
    name, _ = items[best["item"]]
    officer = may("run-rounds", identity.kind, identity.roles)
    return {
        "strong": f"{plural(best['packs_more'], 'more pack')} of {name} would save {format_pence(best['saves_pence'])}.",
        "text": f"They reach the next price of {suppliers.get(best['supplier'], best['supplier'])}, so the larger order costs less."
        + (" Allow more packs than were asked for, and work the award out again." if officer else ""),
        "href": "#h-pin" if officer else None,
        "act": "Allow more packs" if officer else None,
    }


def _alone(
    joint: dict[str, int],
    known: dict[str, int | None],
    alone: dict[str, int | None] | None,
    names: dict[str, str],
    rule: str,
    rule_known: bool,
) -> dict[str, Any]:
    top = max([1, *joint.values(), *(pence for pence in known.values() if pence is not None)])
    scale_top, ticks = _scale(top)
    rows = []
    for coop in _by_size(joint):
        pence = known.get(coop)
        rows.append(
            {
                "name": names.get(coop, coop),
                "alone_pence": pence,
                "joint_pence": joint[coop],
                "saved_percent": None if not pence else round(100 * (pence - joint[coop]) / pence, 1),
                "alone_pct": None if pence is None else 100 * pence / scale_top,
                "joint_pct": 100 * joint[coop] / scale_top,
            }
        )
    dearer = sharing.pays_more_than_alone(joint, known)
    whole = None if alone is None else sum(alone[coop] or 0 for coop in joint)
    heading = (
        "Every co-op pays less than it would alone"
        if alone is not None and not dearer
        else f"{plural(len(dearer), 'co-op')} would pay more than alone: {', '.join(names.get(coop, coop) for coop in dearer[:3])}"
        if dearer
        else "What each co-op pays"
    )
    foot = f"Rule: {SHARE_RULES[rule] if rule_known else SHARE_RULES['equal_price']}. Alone means at least so much: it is a proven bound."
    if alone is None:
        foot = f"Prices alone are being worked out: {len(known)} of {len(joint)} done. " + foot
    paid = sum(joint.values())
    return {
        "heading": heading,
        "rows": rows,
        "scale": [{"label": f"£{pounds:,}", "pct": 100 * pounds * 100 / scale_top} for pounds in ticks],
        "foot": foot,
        "rules_href": None,
        "total": {
            "alone_pence": whole,
            "joint_pence": paid,
            "saved_percent": round(100 * (whole - paid) / whole, 1) if whole else None,
        },
    }


def _scale(top_pence: int) -> tuple[int, list[int]]:
    """A round scale for amounts up to `top_pence`: its end in pence, and ticks in pounds."""
    pounds = max(1, -(-top_pence // 100))
    step = 1
    while pounds / step > 4:
        step = {1: 2, 2: 5, 5: 10}[int(str(step)[0])] * 10 ** (len(str(step)) - 1)
    return int(top_pence * 1.03) + 1, list(range(0, pounds + 1, step))


def _choices(answer: dict[str, Any], charges: Charges, alone: dict[str, int | None] | None) -> dict[str, Any]:
    names = supplier_names()
    cost = charges.total_pence
    found = [("This award", "", cost, "plum")]
    told = answer.get("alternatives") or {}
    for key, label in (("second_best", "Second best"), ("single_supplier", "Best single supplier")):
        other = told.get(key) or {}
        if other.get("cost_pence") is not None:
            note = "" if other.get("proven", True) else " (not proven)"
            found.append(
                (
                    label,
                    ", ".join(str(names.get(code, code)) for code in other["suppliers"]) + note,
                    other["cost_pence"],
                    "mid",
                )
            )
    if alone is not None and all(pence is not None for pence in alone.values()):
        found.append(("Each co-op alone", "at least", sum(pence or 0 for pence in alone.values()), "stone"))
    top = max(1, *(pence for _, _, pence, _ in found))
    return {
        "heading": "What else we could have done",
        "about": "Full cost of each choice, goods and delivery, net of VAT",
        "ticks": [0, 25, 50, 75, 100],
        "rows": [
            {
                "label": label,
                "small": small,
                "value": format_pence(pence),
                "vsmall": "" if pence == cost else f"{'+' if pence > cost else '−'} {format_pence(abs(pence - cost))}",
                "parts": [[colour, 100 * pence / top]],
            }
            for label, small, pence, colour in found
        ],
    }


def _tries(shown: Award, buying_round: BuyingRound) -> list[dict[str, str]]:
    """The other proposals of the round, to be compared with the one that is shown and gone back to."""
    found = []
    for award in awards.list_awards(buying_round.id):
        if award.id == shown.id or award.state != "proposed":
            continue
        more = (award.cost_pence or 0) - (shown.cost_pence or 0)
        words = "the same" if not more else f"{format_pence(abs(more))} {'more' if more > 0 else 'less'}"
        href = url_for("awards.show", round_id=buying_round.id, award=award.id)
        pins = _pins(award) or "With every supplier free to win."
        found.append({"text": f"{pins} {format_pence(award.cost_pence or 0)}, {words}.", "href": href})
    return found


def _approve(award: Award, buying_round: BuyingRound, identity: Identity, form: Form) -> dict[str, Any] | None:
    if not may("approve-award", identity.kind, identity.roles):
        return None
    if award.state == "approved" and buying_round.state == "awarded":
        return {
            "form": form,
            "orders_url": url_for("awards.send_orders", round_id=buying_round.id),
            "approved": award.reason,
        }
    if award.state != "proposed" or buying_round.state != "closed":
        return None
    orders = plural(len((award.answer or {})["suppliers"]), "purchase order")
    return {
        "form": form,
        "button": f"Approve {format_pence(award.cost_pence or 0)}",
        "url": url_for("awards.decide", round_id=buying_round.id),
        "award_id": str(award.id),
        "cost_pence": award.cost_pence,
        "options": [("approve", f"Approve, ready to send {orders}"), ("again", "Choose a different set of suppliers")],
    }


def _pinning(award: Award, buying_round: BuyingRound, identity: Identity) -> dict[str, Any] | None:
    if buying_round.state != "closed" or not may("run-rounds", identity.kind, identity.roles):
        return None
    names = supplier_names()
    codes = sorted({supplier["id"] for supplier in (award.problem or {})["suppliers"]} | set(award.barred))
    choice = {code: "must" if code in award.pinned else "not" if code in award.barred else "any" for code in codes}
    return {
        "form": Form({f"supplier-{code}": choice[code] for code in codes}),
        "url": url_for("awards.again", round_id=buying_round.id),
        "more_url": None if buying_round.allow_overbuy else url_for("awards.more", round_id=buying_round.id),
        "suppliers": [{"id": code, "name": names.get(code, code), "choice": choice[code]} for code in codes],
    }
