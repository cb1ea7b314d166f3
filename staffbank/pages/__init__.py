"""The pages of the staff bank."""

from staffbank.pages import (
    agreement,
    availability,
    bank_policy,
    board,
    calendars_out,
    carers,
    clients,
    cover,
    hours,
    lending,
    offers,
    rates,
    rota,
    settlement,
)

BLUEPRINTS = (
    agreement.bp,
    availability.bp,
    bank_policy.bp,
    board.bp,
    calendars_out.bp,
    carers.bp,
    clients.bp,
    cover.bp,
    hours.bp,
    lending.bp,
    offers.bp,
    rates.bp,
    rota.bp,
    settlement.bp,
)
