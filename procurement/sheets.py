"""The tables people send us, column by column, and empty ones to start from."""

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import xlsxwriter

from procurement.cells import (
    choice_cell,
    code_cell,
    cpv_cell,
    date_cell,
    decimal_cell,
    gtin_cell,
    money_cell,
    price_cell,
    text_cell,
    vat_cell,
    whole_cell,
)
from procurement.importing import Column, Sheet
from procurement.rules import MAX_PACKS, MAX_TIER_BOUND, validate_tiers
from tenants.errors import InvalidInput
from tenants.workbooks import HELP_TITLE

TIERS_IN_SHEET = 6
_PACKS = whole_cell(0, MAX_PACKS, "whole packs")
_SOME_PACKS = whole_cell(1, MAX_PACKS, "whole packs")

CATALOGUE = Sheet(
    "Catalogue",
    [
        Column("code", code_cell(), True, "GLV-M", "Your own short code for the item"),
        Column("name", text_cell(200), True, "Nitrile gloves, medium", "What people call it"),
        Column("unit", text_cell(200), True, "pack of 100", "What one pack is"),
        Column(
            "packs_per_box",
            whole_cell(1, 100_000, "whole packs"),
            False,
            "10",
            "Packs in a full box; 1 when left empty",
        ),
        Column("gtin", gtin_cell, False, "5012345678900", "The number under the barcode, as text"),
        Column("cpv", cpv_cell, False, "18424300-0", "Procurement vocabulary code"),
        Column("standard", text_cell(60), False, "EN 455", "The standard the item must meet"),
        Column("vat_rate", vat_cell, False, "20", "20, 5 or 0 percent; 20 when left empty"),
        Column("retail_price", price_cell, False, "6.50", "Pounds a pack when bought singly, without VAT"),
    ],
    unique=["code"],
)

DEMAND = Sheet(
    "Demand",
    [
        Column("item", code_cell(), True, "GLV-M", "The code of the item"),
        Column("packs", _PACKS, True, "120", "Packs you need; 0 for none"),
        Column("note", text_cell(1000), False, "", "A word to the federation office"),
    ],
    unique=["item"],
)

DEMAND_OF_ALL = Sheet(
    "Demand of all co-ops",
    [Column("coop", text_cell(200), True, "Ash & Elm Care", "The co-op's name or number"), *DEMAND.columns],
    unique=["coop", "item"],
)

MEMBERS = Sheet(
    "Members",
    [
        Column("organisation_id", code_cell(), True, "R000001", "Number in the register of co-ops"),
        Column("registered_number", text_cell(60), False, "29791R", "Number at the registrar"),
        Column("name", text_cell(200), True, "Ash & Elm Care", "Registered name"),
        Column("legal_form", text_cell(60), False, "Society", ""),
        Column("ownership", text_cell(60), False, "Workers", ""),
        Column("activity", text_cell(200), False, "Social work activities without accommodation", ""),
        Column("nation", text_cell(60), False, "England", ""),
        Column("outcode", code_cell(10), False, "DH1", "First half of the postcode"),
        Column("latitude", decimal_cell(Decimal(-90), Decimal(90), 8), False, "54.78103", ""),
        Column("longitude", decimal_cell(Decimal(-180), Decimal(180), 8), False, "-1.56616", ""),
        Column("incorporated", date_cell, False, "08/07/1994", ""),
        Column("turnover_gbp", money_cell(10**10), False, "632060", "Pounds a year"),
        Column("members", whole_cell(0, 10**7), False, "237", ""),
        Column("employees", whole_cell(0, 10**7), False, "74", ""),
        Column("year_end", date_cell, False, "2026-03-31", "Last day of the year the figures are of"),
    ],
    unique=["organisation_id"],
)


def price_tiers(values: Mapping[str, Any]) -> tuple[list[int] | None, list[Decimal]]:
    """The tiers of a row of prices: lower bounds from 0 (a first bound of 1 means the same) and pence per pack.

    Bounds are None where a row gives several prices and no bound: they are those of the supplier's whole order.

    >>> price_tiers({"tier_1_from": 1, "tier_1_price": Decimal(412), "tier_2_from": 100, "tier_2_price": Decimal(371)})
    ([0, 100], [Decimal('412'), Decimal('371')])
    """
    places = range(1, TIERS_IN_SHEET + 1)
    prices = [values.get(f"tier_{place}_price") for place in places]
    bounds = [values.get(f"tier_{place}_from") for place in places]
    kept = [price for price in prices if price is not None]
    if len(kept) > 1 and not any(bound is not None for bound in bounds):
        return None, kept
    first = 0 if bounds[0] in (None, 0, 1) else bounds[0]
    return [first, *(bound for bound in bounds[1 : len(kept)] if bound is not None)], kept


def tier_warnings(values: Mapping[str, Any]) -> list[str]:
    """What people should look at twice in a row of prices without errors: a tier dearer than the one below it."""
    bounds, prices = price_tiers(values)
    return validate_tiers(bounds if bounds is not None else list(range(len(prices))), prices)


def _check_prices(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    places = range(1, TIERS_IN_SHEET + 1)
    filled = [place for place in places if values[f"tier_{place}_price"] is not None]
    errors = dict(_check_pairs(values, filled))
    if not errors:
        bounds, prices = price_tiers(values)
        try:
            validate_tiers(bounds if bounds is not None else list(range(len(prices))), prices)
        except InvalidInput as fault:
            errors = {_tier_column(path): text for path, text in fault.errors.items()}
    least, multiple, most = (values[f"{name}_packs"] for name in ("minimum", "multiple", "capacity"))
    if most is not None and most < max(least or 1, multiple or 1):
        errors["capacity_packs"] = "The capacity is below the minimum or the multiple, so nothing could be bought"
    if values["valid_to"] < values["valid_from"]:
        errors["valid_to"] = "The last day must not lie before the first"
    return errors.items()


def _check_pairs(values: Mapping[str, Any], filled: list[int]) -> Iterable[tuple[str, str]]:
    bounded = [place for place in range(2, TIERS_IN_SHEET + 1) if values[f"tier_{place}_from"] is not None]
    whole_order = not bounded and values["tier_1_from"] is None
    for place in range(1, max([1, *filled, *bounded]) + 1):
        if place not in filled:
            yield f"tier_{place}_price", f"Give the price of tier {place}: no tier may be left out"
        elif place > 1 and place not in bounded and not whole_order:
            yield f"tier_{place}_from", f"Say from how many packs the price of tier {place} holds"


def _tier_column(path: str) -> str:
    name, _, place = path.rstrip("]").partition("[")
    return f"tier_{int(place or 0) + 1}_{'from' if name == 'tiers' else 'price'}"


_TIER_EXAMPLES = {1: ("1", "4.125"), 2: ("100", "3.71"), 3: ("500", "3.50")}

PRICES = Sheet(
    "Prices",
    [
        Column("supplier", code_cell(), True, "NORTH", "The code of the supplier"),
        Column("item", code_cell(), True, "GLV-M", "The code of the item"),
        *(
            column
            for place in range(1, TIERS_IN_SHEET + 1)
            for column in (
                Column(
                    f"tier_{place}_from",
                    whole_cell(0, MAX_TIER_BOUND),
                    False,
                    _TIER_EXAMPLES.get(place, ("", ""))[0],
                    "From how many packs this price holds; leave all empty if the tiers are those of the whole order",
                ),
                Column(
                    f"tier_{place}_price",
                    price_cell,
                    place == 1,
                    _TIER_EXAMPLES.get(place, ("", ""))[1],
                    "Pounds a pack without VAT, at most 4 places",
                ),
            )
        ),
        Column("minimum_packs", _SOME_PACKS, False, "5", "Fewest packs of this item; 1 when left empty"),
        Column("multiple_packs", _SOME_PACKS, False, "1", "Packs come in multiples of this; 1 when left empty"),
        Column(
            "capacity_packs", _SOME_PACKS, False, "400", "Most packs the supplier can send; no limit when left empty"
        ),
        Column(
            "mode",
            choice_cell(["all_units", "incremental"]),
            False,
            "all_units",
            "all_units: the price of the tier reached holds for all packs",
        ),
        Column("quality", decimal_cell(Decimal(0), Decimal(1), 3), False, "1", "From 0 to 1; 1 when left empty"),
        Column("valid_from", date_cell, True, "01/12/2026", "First day"),
        Column("valid_to", date_cell, True, "31/03/2027", "Last day"),
    ],
    unique=["supplier", "item", "valid_from"],
    check_row=_check_prices,
)

SHEETS: Mapping[str, Sheet] = {
    "catalogue": CATALOGUE,
    "prices": PRICES,
    "demand": DEMAND,
    "demand-of-all": DEMAND_OF_ALL,
    "members": MEMBERS,
}


def template_csv(sheet: Sheet) -> bytes:
    """A CSV file with the headings and one example row, which people overwrite."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.name for column in sheet.columns])
    writer.writerow([column.example for column in sheet.columns])
    return out.getvalue().encode("utf-8-sig")


def template_xlsx(sheet: Sheet) -> bytes:
    """A workbook with headings, an example row, cells as text so that codes keep their noughts, and help."""
    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, safe) as book:
        table, words = book.add_worksheet(sheet.title), book.add_worksheet(HELP_TITLE)
        bold, plain = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        words.write_row(0, 0, ["Column", "Needed", "Example", "What it is"], bold)
        words.set_column(0, 3, 24)
        for place, column in enumerate(sheet.columns):
            table.set_column(place, place, max(12, len(column.name) + 2), plain)
            table.write_string(0, place, column.name, bold)
            if column.example:
                table.write_string(1, place, column.example, plain)
            words.write_row(
                place + 1, 0, [column.name, "yes" if column.required else "no", column.example, column.help]
            )
        table.freeze_panes(1, 0)
    return out.getvalue()
