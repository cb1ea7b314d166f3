"""The pages of the assembly."""

from federation.assembly.pages import (
    assembly,
    decision_rules,
    elections,
    meeting_papers,
    meetings,
    motions,
    policies,
    poll_office,
    polls,
    representation,
    schemes,
    sizes,
    weights,
)

BLUEPRINTS = (
    assembly.bp,
    decision_rules.bp,
    elections.bp,
    meeting_papers.bp,
    meetings.bp,
    motions.bp,
    policies.bp,
    poll_office.bp,
    polls.bp,
    representation.bp,
    schemes.bp,
    sizes.bp,
    weights.bp,
)
