"""How long a journey takes when there is no map service: straight miles, made longer on purpose, at the speed of a mode."""

import math

from staffbank.match.problem import Numbers

EARTH_MILES = 3958.7613
"""Mean radius of the earth."""
Place = tuple[float, float]


def miles(a: Place, b: Place) -> float:
    """Miles between two places (degrees north, degrees east) as the crow flies, by the haversine.

    Leeds to Bradford, from the middle of one outcode to that of the other:

    >>> round(miles((53.797, -1.543), (53.793, -1.753)), 1)
    8.6
    """
    north_a, east_a, north_b, east_b = map(math.radians, (*a, *b))
    h = math.sin((north_b - north_a) / 2) ** 2
    h += math.cos(north_a) * math.cos(north_b) * math.sin((east_b - east_a) / 2) ** 2
    return 2 * EARTH_MILES * math.asin(min(1.0, math.sqrt(h)))


def travel_minutes(a: Place, b: Place, mode: str, numbers: Numbers) -> float:
    """Minutes of a journey, door to door.

    >>> round(travel_minutes((53.797, -1.543), (53.793, -1.753), "car", Numbers()), 1)
    34.4
    """
    fixed = numbers.door_minutes + (numbers.bus_minutes if mode == "bus" else 0.0)
    return 60 * numbers.circuity * miles(a, b) / numbers.mph[mode] + fixed
