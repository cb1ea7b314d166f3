"""`./fed`: the table of commands. Each names the function that does it, imported only when it is asked for."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tenants.errors import HouseError

Arguments = tuple[tuple[tuple[str, ...], dict], ...]


@dataclass(frozen=True)
class Command:
    """One command: `target` is "module:function", called with the parsed arguments; its answer is the exit code."""

    target: str
    help: str
    arguments: Arguments = ()
    where: bool = True  # takes --data, --port


def argument(*names: str, **options: object) -> tuple[tuple[str, ...], dict]:
    """One argument of a command, as argparse takes it."""
    return names, options


ROLES = ("owner", "member", "office", "door", "jobs")
DEMO = argument(
    "--demo", action=argparse.BooleanOptionalAction, default=None, help="mark a new database as a demo, or not"
)

COMMANDS: dict[str, Command] = {
    "up": Command("federation.commands:up", "start everything; Ctrl-C stops it", (DEMO,)),
    "down": Command("federation.commands:down", "stop what `up` started"),
    "doctor": Command("federation.doctor:doctor", "say what runs, which versions, and what is wrong"),
    "test": Command(
        "federation.checks:run_tests",
        "run the tests",
        (
            argument(
                "--quick",
                action="store_true",
                help="leave out the slow ones, the browser, and most that need a database",
            ),
            argument("paths", nargs="*", help="files or directories; default: all"),
        ),
        where=False,
    ),
    "bench": Command(
        "federation.checks:run_benchmarks",
        "measure, and print ratios",
        (argument("names", nargs="*", help="which; default: all"),),
        where=False,
    ),
    "lint": Command("federation.checks:run_lint", "check style, types and floors", where=False),
    "calc": Command(
        "federation.commands:calc",
        "run one calculator on a file",
        (
            argument("name"),
            argument(
                "words",
                metavar="INPUT [--name value ...]",
                nargs=argparse.REMAINDER,
                help="a file, or - for standard input; then --out FILE, and the calculator's own options",
            ),
        ),
        where=False,
    ),
    "python": Command(
        "federation.commands:run_python",
        "run a Python file inside this installation",
        (argument("file"), argument("rest", nargs=argparse.REMAINDER)),
    ),
    "web": Command("federation.commands:serve_web", "serve pages and API with waitress on 127.0.0.1"),
    "worker": Command("federation.commands:work", "do jobs"),
    "dispatcher": Command("federation.commands:dispatch", "hand jobs from the outbox to the queue"),
    "db init": Command("federation.commands:db_init", "make roles and schema in an empty database", (DEMO,)),
    "db migrate": Command("federation.commands:db_migrate", "bring the schema up to date"),
    "db url": Command(
        "federation.commands:db_url",
        "print the URL of one database role",
        (argument("--role", choices=ROLES, default="owner"),),
    ),
    "audit verify": Command("federation.inside:verify_audit", "prove that no audit row was changed or removed"),
    "ledger check": Command("federation.inside:check_ledger", "prove that every book balances and the books agree"),
    "staffbank verify": Command(
        "federation.inside:verify_staffbank", "prove that no placement breaks a rule of work, rest or passport"
    ),
    "assembly verify": Command(
        "federation.inside:verify_boards", "prove that no row of a board was changed, added or removed"
    ),
    "check wards": Command(
        "federation.commands:check_wards",
        "count real council wards again and compare every round with the official figures",
        (argument("directory", help="holds WARD.blt files and official.csv"),),
        where=False,
    ),
    "import members": Command("federation.inside:import_members", "read co-ops from a CSV file", (argument("file"),)),
    "import outcodes": Command(
        "federation.inside:import_outcodes", "read where outcodes are from a CSV file", (argument("file"),)
    ),
    "demo round": Command(
        "federation.inside:demo_round",
        "make a round of invented demand and run it through",
        (
            argument("--coops", type=int, default=97),
            argument("--items", type=int, default=60),
            argument("--seed", type=int, default=7),
        ),
    ),
    "demo bank": Command(
        "federation.inside:demo_bank",
        "run weeks of invented absence through the staff bank to settlement",
        (
            argument("--coops", type=int, default=25),
            argument("--weeks", type=int, default=8),
            argument("--seed", type=int, default=7),
            argument("--outcodes", metavar="FILE", help="a CSV of outcode, latitude, longitude: where carers live"),
        ),
    ),
    "demo assembly": Command(
        "federation.inside:demo_assembly",
        "run an invented assembly from notice to policy register, with a secret vote and an election",
        (
            argument("--coops", type=int, default=97),
            argument("--seed", type=int, default=7),
            argument("--bundle", metavar="DIR", help="where the bundles of its polls are written"),
        ),
    ),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 2 when it could not be understood, 1 when it failed."""
    arguments = build_parser().parse_args(words)
    try:
        return find_function(arguments.command.target)(arguments)
    except HouseError as reason:
        print(f"fed: {reason.message}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Closing now keeps Python from complaining at exit.
        sys.stderr.close()
        return 1


def build_parser() -> argparse.ArgumentParser:
    """The parser made from COMMANDS; a name of two words becomes a group and a command in it."""
    parser = argparse.ArgumentParser(prog="./fed", description="The back office of a federation of care co-ops.")
    top = parser.add_subparsers(metavar="COMMAND", required=True)
    groups: dict[str, argparse._SubParsersAction] = {}
    for name, command in COMMANDS.items():
        group, _, leaf = name.rpartition(" ")
        if group and group not in groups:
            about = ", ".join(full.partition(" ")[2] for full in COMMANDS if full.startswith(f"{group} "))
            groups[group] = top.add_parser(group, help=about).add_subparsers(metavar="COMMAND", required=True)
        place = groups[group] if group else top
        own = place.add_parser(leaf, help=command.help, description=command.help.capitalize() + ".")
        own.set_defaults(command=command)
        if command.where:
            own.add_argument("--data", metavar="DIR", help="where data and secrets are kept (default: .federation)")
            own.add_argument("--port", type=port_number, help="port of the web server (default: 8000)")
        for names, options in command.arguments:
            own.add_argument(*names, **options)
    return parser


def port_number(text: str) -> int:
    """A port a program may listen on. Raises: argparse.ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError("use a whole number from 1 to 65535")
    return int(text)


def find_function(target: str) -> Callable[[argparse.Namespace], int]:
    """The function that "module:function" names."""
    module, _, function = target.partition(":")
    return getattr(importlib.import_module(module), function)


if __name__ == "__main__":
    sys.exit(main())
