"""Reading what a price list says: pence with up to four places, one price per tier, lower bounds of tiers."""

import re
from fractions import Fraction
from typing import Any

from tenants.reading import Reader

_PRICE = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)


class PriceReader(Reader):
    """The house's reader, which also knows prices and tiers."""

    def price(self, raw: Any, path: str, most: int) -> Fraction:
        """Pence per pack: a whole number, or a decimal string with up to 4 places."""
        if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= most:
            return Fraction(raw)
        if isinstance(raw, str) and _PRICE.fullmatch(raw):
            whole, _, parts = raw.partition(".")
            value = Fraction(int(whole + parts), 10 ** len(parts)) if parts else Fraction(int(whole))
            if value <= most:
                return value
        self.wrong(path, f'must be pence from 0 to {most:,} as a string with up to 4 places, like "412.5"')
        return Fraction(0)

    def prices(self, raw: Any, path: str, count: int, most: int) -> tuple[Fraction, ...]:
        """A price list, one price per tier."""
        if not isinstance(raw, list) or len(raw) != count:
            tiers = "1 tier" if count == 1 else f"{count} tiers"
            self.wrong(path, f"must be a list with one price per tier: there {'is' if count == 1 else 'are'} {tiers}")
            return (Fraction(0),) * count
        return tuple(self.price(price, f"{path}[{n}]", most) for n, price in enumerate(raw))

    def bounds(self, raw: Any, path: str, most: int) -> tuple[int, ...]:
        """Lower bounds of tiers: whole numbers from 0, each above the one before."""
        if not isinstance(raw, list) or not 1 <= len(raw) <= 50:
            self.wrong(path, "must be a list of 1 to 50 lower bounds, like [0, 100, 500]")
            return (0,)
        values = [self.whole(bound, f"{path}[{n}]", 0, most) for n, bound in enumerate(raw)]
        if values[0] != 0:
            self.wrong(f"{path}[0]", "the first tier starts at 0")
        for n in range(1, len(values)):
            if values[n] <= values[n - 1]:
                self.wrong(f"{path}[{n}]", "must be above the bound before it")
        return tuple(values)
