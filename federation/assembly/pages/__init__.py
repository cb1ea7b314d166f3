"""The pages of the assembly."""

from federation.assembly.pages import (
    assembly,
    decision_rules,
    elections,
    meetings,
    motions,
    policies,
    polls,
    representation,
    weights,
)

BLUEPRINTS = (
    assembly.bp,
    decision_rules.bp,
    elections.bp,
    meetings.bp,
    motions.bp,
    policies.bp,
    polls.bp,
    representation.bp,
    weights.bp,
)
