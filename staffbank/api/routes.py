"""Every blueprint of the API of the staff bank."""

from flask_smorest import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
