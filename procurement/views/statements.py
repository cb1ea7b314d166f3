"""What a co-op's statement shows: what it got, what it pays, and what it would have paid alone. Scope of the co-op."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from procurement.services import rounds, statements
from procurement.services.statements import Statement
from procurement.views.words import timeline
from tenants import audit, clock
from tenants.downloads import Column
from tenants.money import format_pence, split_pence
from tenants.settings import CAPACITIES, SHARE_RULES

FILE_COLUMNS = (
    Column("number", "Statement"),
    Column("what", "What"),
    Column("code", "Code"),
    Column("unit", "Unit"),
    Column("supplier", "Supplier"),
    Column("packs", "Packs", "packs"),
    Column("price_pence", "Supplier's price a pack, net (£)", "price"),
    Column("vat_percent", "VAT rate (%)", "percent"),
    Column("net_pence", "Net (£)", "pence"),
    Column("vat_pence", "VAT (£)", "pence"),
)
LIST_COLUMNS = (
    Column("number", "Statement"),
    Column("round", "Round"),
    Column("on_date", "Date", "date"),
    Column("due_on", "Due", "date"),
    Column("net_pence", "Net (£)", "pence"),
    Column("vat_pence", "VAT (£)", "pence"),
    Column("total_pence", "In all (£)", "pence"),
)


def statement_page(round_id: UUID, coop_name: str) -> dict[str, Any]:
    """What procurement/statement.html and the PDF show, without addresses of pages. Raises: NotFound."""
    found = statements.get_statement(round_id)
    recharge, share = found.recharge, found.share
    alone = found.alone.bound_pence if found.alone else None
    saved = found.saved_pence
    return {
        "coop_name": coop_name,
        "round": {"id": found.buying_round.id, "name": found.buying_round.title},
        "number": recharge.number,
        "on_date": recharge.on_date,
        "due_on": recharge.due_on,
        "vat_number": recharge.vat_number,
        "title": f"{coop_name} pays {format_pence(recharge.total_pence)} for {found.buying_round.title}",
        "about": saving_words(found),
        "state_word": "Issued",
        "state_kind": "teal",
        "cards": _cards(found),
        "lines": statement_lines(found),
        "parts": [{"label": "Goods", "pence": share.goods_pence}, {"label": "Delivery", "pence": share.delivery_pence}],
        "net_pence": recharge.net_pence,
        "vat_pence": recharge.vat_pence + recharge.irrecoverable_vat_pence,
        "vat_rows": [
            {"rate": Decimal(row["rate"]), "net_pence": row["net_pence"], "vat_pence": row["vat_pence"]}
            for row in sorted(recharge.lines, key=lambda row: Decimal(row["rate"]))
        ]
        if recharge.vat_number
        else [],
        "gross_pence": recharge.total_pence,
        "alone_pence": alone,
        "saved_pence": saved,
        "saved_percent": percent_of(saved, alone),
        "compare": _compare(share.net_pence, alone),
        "rule_words": SHARE_RULES.get(share.rule, share.rule),
        "why": _why(found),
        "due_words": f"Due by {clock.day_words(recharge.due_on)}.",
        "pay_words": _vat_words(found),
        "history": timeline(list(audit.list_record(round_id))),
    }


def statement_lines(found: Statement) -> list[dict[str, Any]]:
    """The co-op's packs, line by line; its goods are divided over the lines at the suppliers' prices, to the exact penny."""
    items = {item.item_id: item for item in rounds.list_round_items(found.buying_round.id)}
    weights = {f"{place:06d}": part.packs * part.pence_per_pack for place, part in enumerate(found.allocations)}
    nets = split_pence(found.share.goods_pence, weights)
    return [
        {
            "item": part.item_name,
            "pack": part.unit,
            "code": items[part.item_id].code,
            "packs": part.packs,
            "price_pence": part.pence_per_pack,
            "net_pence": nets[f"{place:06d}"],
            "vat_percent": items[part.item_id].vat_rate_percent,
            "supplier": part.supplier_name,
        }
        for place, part in enumerate(found.allocations)
    ]


def statement_file_rows(round_id: UUID, coop_name: str) -> list[dict[str, Any]]:
    """The statement as rows that add up to what is to be paid: goods, delivery, VAT. Raises: NotFound."""
    page = statement_page(round_id, coop_name)
    number = page["number"]
    rows: list[dict[str, Any]] = [
        {"number": number, "what": line["item"], "unit": line["pack"]}
        | {key: line[key] for key in ("code", "supplier", "packs", "price_pence", "vat_percent", "net_pence")}
        for line in page["lines"]
    ]
    rows.append({"number": number, "what": "Delivery", "net_pence": page["parts"][1]["pence"]})
    if page["vat_rows"]:
        rows += [
            {"number": number, "what": "VAT", "vat_percent": row["rate"], "vat_pence": row["vat_pence"]}
            for row in page["vat_rows"]
        ]
    else:
        rows.append(
            {"number": number, "what": "VAT charged by the suppliers, passed on", "vat_pence": page["vat_pence"]}
        )
    return rows


def statement_list() -> list[dict[str, Any]]:
    """The co-op's statements, newest first."""
    names = {buying_round.id: buying_round.title for buying_round in rounds.list_rounds(limit=10_000)[0]}
    return [
        {
            "round_id": row.round_id,
            "number": row.number,
            "round": names[row.round_id],
            "on_date": row.on_date,
            "due_on": row.due_on,
            "net_pence": row.net_pence,
            "vat_pence": row.vat_pence + row.irrecoverable_vat_pence,
            "total_pence": row.total_pence,
        }
        for row in statements.list_statements()
    ]


def saving_words(found: Statement) -> str:
    """What buying together changed for the co-op, in one sentence that claims no more than is proven. Net of VAT."""
    alone, paid = found.alone, found.share.net_pence
    if alone is None:
        return "What you would have paid alone is still being worked out."
    if alone.bound_pence is None:
        return "No supplier would have sold you this alone, so there is no price to compare with."
    if paid <= alone.bound_pence:
        return f"You saved at least {format_pence(alone.bound_pence - paid)}, net of VAT, by buying together."
    if alone.cost_pence is not None and paid > alone.cost_pence:
        return (
            f"You pay {format_pence(paid - alone.cost_pence)} more than you would have paid alone, net of VAT."
            " Speak to the federation office about it."
        )
    return "Buying alone would have cost about the same: we could not prove a saving for you this time."


def percent_of(part: int | None, whole: int | None) -> Decimal | None:
    """A part in per cent of a whole, to one place half up, for show; None where there is nothing to compare with.

    >>> percent_of(11670, 60000), percent_of(None, 100), percent_of(5, 0)
    (Decimal('19.5'), None, None)
    """
    return (
        None
        if part is None or not whole
        else (Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    )


def _cards(found: Statement) -> list[dict[str, str]]:
    alone = found.alone.bound_pence if found.alone else None
    saved = found.saved_pence
    cards = [{"title": "You pay", "value": format_pence(found.share.net_pence), "small": "net of VAT"}]
    if alone is not None and saved is not None:
        share = percent_of(saved, alone)
        cards.append({"title": "Alone, at least", "value": format_pence(alone), "small": "net of VAT"})
        if saved >= 0:
            cards.append(
                {
                    "title": "Saved, at least",
                    "value": format_pence(saved),
                    "small": f"{share}%" if share is not None else "",
                }
            )
    return cards


def _compare(paid: int, alone: int | None) -> dict[str, Any] | None:
    if alone is None or not max(paid, alone):
        return None
    whole = max(paid, alone)
    return {
        "rows": [
            {
                "label": "Together",
                "value": format_pence(paid),
                "vsmall": "net",
                "parts": [["plum", 100 * paid / whole]],
            },
            {
                "label": "Alone, at least",
                "value": format_pence(alone),
                "vsmall": "net",
                "parts": [["stone", 100 * alone / whole]],
            },
        ]
    }


def _why(found: Statement) -> list[str]:
    share = found.share
    others = [
        f"{format_pence(pence)} under “{SHARE_RULES.get(rule, rule)}”" for rule, pence in share.other_rules.items()
    ]
    words = [
        "The federation’s members chose this rule for sharing the cost of a round, delivery included. The shares of all co-ops add up to"
        " what the suppliers charge, to the penny.",
        f"Your goods, {format_pence(share.goods_pence)}, are divided over your lines in proportion to packs at the suppliers’ prices.",
    ]
    if others:
        words.append(f"You would have paid {' or '.join(others)}.")
    words.append(
        "Amounts are compared net of VAT. What you would have paid alone is the least that anybody could have paid for your packs"
        " at the same price lists: it may be more, never less."
    )
    return words


def _vat_words(found: Statement) -> str:
    recharge = found.recharge
    if recharge.vat_number:
        return f"The federation’s VAT number is {recharge.vat_number}. {CAPACITIES['principal']}."
    if recharge.irrecoverable_vat_pence:
        return (
            f"{CAPACITIES[recharge.capacity]}. It charges no VAT of its own: {format_pence(recharge.irrecoverable_vat_pence)} is your part of"
            " the VAT that the suppliers charge, passed on to the penny."
        )
    return f"{CAPACITIES[recharge.capacity]}. No VAT is due."
