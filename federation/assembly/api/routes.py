"""Every blueprint of the API of the assembly."""

from flask_smorest import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
