"""VAT of a round: on each co-op's recharge where the federation is registered and sells on; otherwise what suppliers charge, passed on.

Per rate and invoice, rounded half up once; what cannot be recovered is shared to the exact penny.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from tenants.money import split_pence, vat_pence

ByRate = dict[str, int]
"""Net pence by VAT rate, the rate written as text ("20", "5", "0")."""


def net_by_rate(net_pence: int, goods_by_rate: Mapping[str, Fraction]) -> ByRate:
    """Split a co-op's net share over VAT rates, in proportion to its goods at each; delivery follows the goods it carries.

    >>> net_by_rate(1001, {"20": Fraction(500), "0": Fraction(500)})
    {'0': 501, '20': 500}
    """
    return {rate: pence for rate, pence in sorted(split_pence(net_pence, goods_by_rate).items()) if pence}


def vat_of(net: Mapping[str, int]) -> ByRate:
    """VAT by rate on one invoice.

    >>> vat_of({"20": 999, "5": 1001, "0": 500})
    {'20': 200, '5': 50, '0': 0}
    """
    return {rate: vat_pence(pence, Decimal(rate)) for rate, pence in net.items()}


def pass_on(invoice_vat: Mapping[str, int], nets: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Share the VAT of the suppliers' invoices among co-ops, rate by rate in proportion to their net, exactly.

    `invoice_vat`: pence by rate; `nets`: co-op to net by rate.

    >>> pass_on({"20": 101}, {"a": {"20": 250}, "b": {"20": 255}, "c": {"0": 100}})
    {'a': 50, 'b': 51, 'c': 0}
    """
    shared: dict[str, int] = dict.fromkeys(nets, 0)
    by_rate: dict[str, dict[str, int]] = defaultdict(dict)
    for coop, net in nets.items():
        for rate, pence in net.items():
            by_rate[rate][coop] = pence
    for rate, pence in invoice_vat.items():
        for coop, part in split_pence(pence, by_rate.get(rate) or dict.fromkeys(nets, 1)).items():
            shared[coop] += part
    return shared
