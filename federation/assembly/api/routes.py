"""Every blueprint of the API of the assembly."""

from flask_smorest import Blueprint

from federation.assembly.api import elections, meetings, motions, polls, representation, weights

BLUEPRINTS: tuple[Blueprint, ...] = (
    elections.api,
    meetings.api,
    motions.api,
    polls.api,
    representation.api,
    weights.api,
)
