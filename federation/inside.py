"""Commands that work inside the federation's own app: they start what is needed, then call the floor that does the work."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from federation.commands import running_settings
from federation.servers import EmbeddedServers
from staffbank import cli as staff_bank
from tenants import cli
from tenants.db import db
from tenants.errors import RuleBroken
from tenants.web import HouseFlask


@contextmanager
def inside(arguments: Namespace) -> Iterator[HouseFlask]:
    """The app's context on a database with today's schema; embedded servers stay up until `./fed down`.

    A database made by this very start is marked as a demo under the same conditions as by `./fed db init`.
    """
    from federation.app import create_app
    from federation.schema import is_demo, prepare

    settings = running_settings(arguments)
    servers = EmbeddedServers(settings.data_dir)
    made_now = settings.embedded_database and servers.in_first_start()
    prepare(settings.database_url, settings, demo=settings.demo and made_now)
    app = create_app(settings, demo=is_demo(settings))
    with app.app_context():
        try:
            yield app
        finally:
            for engine in db.engines.values():
                engine.dispose()
    servers.first_start_is_over()


def verify_audit(arguments: Namespace) -> int:
    """Prove every record whole; 1 when one is not."""
    with inside(arguments):
        return cli.verify_audit(arguments)


def check_ledger(arguments: Namespace) -> int:
    """Prove that every book balances and that the books agree; 1 when not."""
    with inside(arguments):
        return cli.check_ledger(arguments)


def verify_staffbank(arguments: Namespace) -> int:
    """Prove every placement lawful; 1 when one is not."""
    from staffbank.verify.report import report

    with inside(arguments):
        lines, found = report()
    print("\n".join(lines))
    return 1 if found else 0


def verify_boards(arguments: Namespace) -> int:
    """Prove every poll's board whole; 1 when one is not."""
    from federation.assembly.services import boards

    with inside(arguments):
        lines, broken = boards.report()
    print("\n".join(lines))
    return 1 if broken else 0


def import_members(arguments: Namespace) -> int:
    """Take in the co-ops of a CSV file. Raises: InvalidInput."""
    with inside(arguments):
        return cli.import_members(arguments)


def import_outcodes(arguments: Namespace) -> int:
    """Take in where outcodes are, from a CSV file. Raises: InvalidInput."""
    with inside(arguments):
        return staff_bank.import_outcodes(arguments)


def demo_round(arguments: Namespace) -> int:
    """Run a large invented round through to statements; 1 when the books or the record do not hold afterwards.

    Raises: RuleBroken on a federation that is no demo, InvalidInput for numbers that cannot be.
    """
    from federation.demo.large import Plan, run

    plan = Plan.checked(arguments.coops, arguments.items, arguments.seed)
    with inside(arguments) as app:
        _check_demo(app)
        run(plan)
        return max(cli.check_ledger(arguments), cli.verify_audit(arguments))


def demo_bank(arguments: Namespace) -> int:
    """Run weeks of invented absence through the staff bank; 1 when a rule, a book or the record does not hold afterwards.

    Raises: RuleBroken on a federation that is no demo, InvalidInput for numbers that cannot be.
    """
    from federation.demo.bank import Plan, run

    plan = Plan.checked(arguments.coops, arguments.weeks, arguments.seed, arguments.outcodes)
    with inside(arguments) as app:
        _check_demo(app)
        outcome = run(plan)
        return max(cli.check_ledger(arguments), cli.verify_audit(arguments), 1 if outcome.breaches else 0)


def demo_assembly(arguments: Namespace) -> int:
    """Run an invented assembly through to the policy register; 1 when a board or the record does not hold afterwards.

    Raises: RuleBroken on a federation that is no demo, InvalidInput for numbers that cannot be.
    """
    from federation.assembly.services import boards
    from federation.demo.assembly import Plan, run

    plan = Plan.checked(arguments.coops, arguments.seed, arguments.bundle)
    with inside(arguments) as app:
        _check_demo(app)
        run(plan)
        lines, broken = boards.report()
        print("\n".join(lines))
        return max(cli.verify_audit(arguments), 1 if broken else 0)


def _check_demo(app: HouseFlask) -> None:
    if not app.config["DEMO"]:
        raise RuleBroken(
            "not-a-demo", "This federation is no demo, so nothing invented is made in it. Use another --data DIR."
        )
