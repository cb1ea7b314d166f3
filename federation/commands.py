"""What the commands of `./fed` do, each in a few lines. Heavy imports stand inside, for the command that needs them."""

import os
import runpy
import signal
import sys
import threading
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from federation.config import Settings, load_settings
from federation.lifeline import wait_for_go
from federation.server_ground import ServerFailed
from federation.server_postgres import check_database
from federation.servers import EmbeddedServers
from tenants.errors import InvalidInput, RuleBroken

if TYPE_CHECKING:
    from tenants.web import HouseFlask

WEB_THREADS = 8


def settings_for(arguments: Namespace) -> Settings:
    """The settings that a command's own flags and the environment make; also put in the environment for what it starts."""
    demo = getattr(arguments, "demo", None)
    settings = load_settings(data=arguments.data, port=arguments.port, demo=demo)
    os.environ.update(settings.environment())
    return settings


def running_settings(arguments: Namespace) -> Settings:
    """The same, with the embedded servers started if they are needed and do not run. They stay up until `./fed down`."""
    settings = settings_for(arguments)
    try:
        EmbeddedServers(settings.data_dir).start(postgres=settings.embedded_database, valkey=settings.embedded_redis)
        check_database(settings.database_url)
    except ServerFailed as reason:
        raise RuleBroken("server-failed", str(reason)) from reason
    return settings


def up(arguments: Namespace) -> int:
    """Start everything."""
    from federation import supervisor

    return supervisor.up(settings_for(arguments))


def down(arguments: Namespace) -> int:
    """Stop everything."""
    from federation import supervisor

    return supervisor.down(settings_for(arguments))


def serve_web(arguments: Namespace) -> int:
    """Serve pages and API until SIGTERM. Behind a proxy use gunicorn with deploy/wsgi.py instead."""
    import waitress

    from federation.app import MAX_REQUEST_BYTES, create_app
    from federation.schema import is_demo

    settings = settings_for(arguments)
    wait_for_go()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = create_app(settings, demo=is_demo(settings))
    warm(app)
    # A little above the app's own limit, so that a file too large gets the app's words; far larger ones are not kept at all.
    most = MAX_REQUEST_BYTES + 1024 * 1024
    waitress.serve(
        app, host="127.0.0.1", port=settings.port, threads=WEB_THREADS, ident=None, max_request_body_size=most
    )
    return 0


def warm(app: "HouseFlask") -> None:
    """Open a connection for each database role and make one page, so that whoever comes first after a start need not wait for it."""
    from tenants.db import db

    with app.app_context():
        for engine in db.engines.values():
            engine.connect().close()
    app.test_client().get("/sign-in")


def work(arguments: Namespace) -> int:
    """Do jobs until SIGTERM."""
    from federation import worker

    return worker.run(settings_for(arguments))


def dispatch(arguments: Namespace) -> int:
    """Hand jobs from the outbox to the queue until SIGTERM."""
    from tenants.jobs import Dispatcher

    settings = settings_for(arguments)
    wait_for_go()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    Dispatcher(settings.role_urls["jobs"], settings.redis_url).run_forever(stopping)
    return 0


def db_init(arguments: Namespace) -> int:
    """Make the roles and the schema; safe to repeat."""
    from federation.schema import prepare

    settings = running_settings(arguments)
    servers = EmbeddedServers(settings.data_dir)
    first = servers.in_first_start() or not settings.embedded_database
    prepare(settings.database_url, settings, demo=settings.demo and first)
    servers.first_start_is_over()
    print("The database is ready.")
    return 0


def db_migrate(arguments: Namespace) -> int:
    """Bring the schema up to date; the mark of a demo is never set by this."""
    from federation.schema import prepare

    settings = running_settings(arguments)
    prepare(settings.database_url, settings, demo=False)
    print("The schema is up to date.")
    return 0


def db_url(arguments: Namespace) -> int:
    """Print a URL with its password, for psql and the like."""
    settings = settings_for(arguments)
    print(settings.database_url if arguments.role == "owner" else settings.role_urls[arguments.role])
    return 0


def calc(arguments: Namespace) -> int:
    """Run one calculator; what follows the input are its options, as `--name value`.

    `--check FILE` may also stand in the input's place. Raises: InvalidInput.
    """
    from federation.calc import run

    first, *words = arguments.words or ["-"]
    if first == "--check" and words:
        # The file that is to be counted again is the input.
        first, words = words[0], [*words[1:], "--check"]
    if first.startswith("--"):
        raise InvalidInput({"": f"{first} comes after the input: ./fed calc NAME INPUT {first} ..."})
    options = calc_options(words)
    out = options.pop("out", None)
    if isinstance(out, bool):
        raise InvalidInput({"--out": "name the file to write."})
    return run(arguments.name, first, out, **options)


def check_wards(arguments: Namespace) -> int:
    """Count the wards of a directory and compare with the official figures."""
    from federation.check_wards import check_wards as check

    return check(Path(arguments.directory))


def calc_options(words: list[str]) -> dict[str, str | bool]:
    """Options of a calculator: a value follows its name, or the name alone means yes.

    >>> calc_options(["--gap", "0.01", "--pin=north", "--check-only"])
    {'gap': '0.01', 'pin': 'north', 'check_only': True}

    Raises: InvalidInput for a word that is neither.
    """
    options: dict[str, str | bool] = {}
    rest = list(words)
    while rest:
        name, given, value = rest.pop(0).partition("=")
        if not name.startswith("--") or not name[2:].replace("-", "_").isidentifier():
            raise InvalidInput({"": f"{name!r} is not an option; write --name value, after the input."})
        if not given and rest and not rest[0].startswith("--"):
            given, value = "=", rest.pop(0)
        options[name[2:].replace("-", "_")] = value if given else True
    return options


def run_python(arguments: Namespace) -> int:
    """Run a file as `python FILE ...` would, with this installation's packages and settings."""
    path = Path(arguments.file)
    if not path.is_file():
        raise InvalidInput({"FILE": f"there is no file {path}."})
    settings_for(arguments)
    sys.argv = [str(path), *arguments.rest]
    sys.path.insert(0, str(path.resolve().parent))
    runpy.run_path(str(path), run_name="__main__")
    return 0
