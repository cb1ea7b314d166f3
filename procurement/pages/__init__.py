"""The pages of joint procurement."""

from procurement.pages import awards, catalogue, demand, imports, orders, rounds, suppliers

BLUEPRINTS = (rounds.bp, demand.bp, awards.bp, orders.bp, catalogue.bp, suppliers.bp, imports.bp)
