"""Every API blueprint of joint procurement."""

from procurement.api import awards, catalogue, demand, orders, rounds, suppliers

BLUEPRINTS = (catalogue.api, suppliers.api, rounds.api, demand.api, awards.api, orders.api)
