"""Every blueprint of the API of the staff bank."""

from flask_smorest import Blueprint

from staffbank.api import carers, clients, cover, money, placements

BLUEPRINTS: tuple[Blueprint, ...] = (carers.api, clients.api, cover.api, money.api, placements.api)
