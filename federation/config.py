"""Where things are and which secrets open them: read from the environment and the command line, once per process."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from federation.servers import EmbeddedServers
from tenants.errors import InvalidInput

PROJECT = Path(__file__).resolve().parent.parent
LOGIN_ROLES = ("member", "office", "door", "jobs")
DEFAULT_PORT = 8000


@dataclass(frozen=True)
class Settings:
    """One federation's settings. URLs carry passwords, so none of them is shown by `repr`."""

    data_dir: Path
    port: int
    base_url: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    embedded_database: bool
    embedded_redis: bool
    role_prefix: str
    role_urls: Mapping[str, str] = field(repr=False)
    secret_key: str = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    trusted_proxies: int
    demo: bool

    @property
    def static_folder(self) -> Path:
        """Styles, scripts and fonts that the web server hands out."""
        return PROJECT / "federation/static"

    def role_name(self, role: str) -> str:
        """Name of a database role, e.g. `fed_member`; `role` is one of owner, member, office, door, jobs, crossing."""
        return f"{self.role_prefix}_{role}"

    def environment(self) -> dict[str, str]:
        """The variables that make a child process read these same settings, whatever its command line."""
        variables = {
            "FED_DATA": str(self.data_dir),
            "FED_PORT": str(self.port),
            "FED_DEMO": "1" if self.demo else "0",
            "BASE_URL": self.base_url,
            "ROLE_PREFIX": self.role_prefix,
            "MAIL_FROM": self.mail_from,
            "TRUSTED_PROXIES": str(self.trusted_proxies),
        }
        # Embedded addresses are left out, so that the child, too, knows that the servers are the embedded ones.
        if not self.embedded_database:
            variables["DATABASE_URL"] = self.database_url
        if not self.embedded_redis:
            variables["REDIS_URL"] = self.redis_url
        return variables


def load_settings(
    environment: Mapping[str, str] | None = None,
    *,
    data: str | None = None,
    port: int | None = None,
    demo: bool | None = None,
) -> Settings:
    """Settings from `environment` (default: of this process); the keyword arguments are flags and win over it.

    Makes the data directory (0700) and the secrets in it (0600) when they are missing.
    Raises: InvalidInput naming the variable that cannot be used.
    """
    env = os.environ if environment is None else environment
    data_dir = Path(data or env.get("FED_DATA") or PROJECT / ".federation").expanduser().resolve()
    _make_private(data_dir)
    chosen_port = port if port is not None else _whole_number(env, "FED_PORT", DEFAULT_PORT, lowest=1, highest=65535)
    embedded = EmbeddedServers(data_dir).addresses()
    database_url = postgres_url(env["DATABASE_URL"]) if env.get("DATABASE_URL") else embedded.database_url
    embedded_database = not env.get("DATABASE_URL")
    prefix = env.get("ROLE_PREFIX") or "fed"
    if not (prefix.isidentifier() and prefix.islower() and prefix.isascii() and len(prefix) <= 40):
        raise InvalidInput({"ROLE_PREFIX": "use lower-case letters, digits and _, at most 40, not a digit first."})
    return Settings(
        data_dir=data_dir,
        port=chosen_port,
        base_url=(env.get("BASE_URL") or f"http://127.0.0.1:{chosen_port}").rstrip("/"),
        database_url=database_url,
        redis_url=env.get("REDIS_URL") or embedded.redis_url,
        embedded_database=embedded_database,
        embedded_redis=not env.get("REDIS_URL"),
        role_prefix=prefix,
        role_urls=_role_urls(env, database_url, prefix, data_dir),
        secret_key=_secret_key(env, data_dir),
        smtp_url=env.get("SMTP_URL") or None,
        mail_from=env.get("MAIL_FROM") or "Federation <no-reply@localhost>",
        trusted_proxies=_whole_number(env, "TRUSTED_PROXIES", 0, lowest=0, highest=9),
        demo=demo if demo is not None else _yes_or_no(env, "FED_DEMO", default=embedded_database),
    )


def postgres_url(text: str) -> str:
    """A PostgreSQL URL in the one spelling that both psycopg and SQLAlchemy 2.1 understand.

    >>> postgres_url("postgres://ann@db.example/fed")
    'postgresql://ann@db.example/fed'
    >>> postgres_url("postgresql+psycopg://ann@/fed?host=/run/db")
    'postgresql://ann@/fed?host=/run/db'

    Raises: InvalidInput when it is not a PostgreSQL URL with a database name.
    """
    scheme, separator, rest = text.strip().partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise InvalidInput({"DATABASE_URL": "write postgresql://LOGIN:PASSWORD@HOST/DATABASE."})
    if not urlsplit(f"postgresql://{rest}").path.strip("/"):
        raise InvalidInput({"DATABASE_URL": "name the database: postgresql://LOGIN:PASSWORD@HOST/DATABASE."})
    return f"postgresql://{rest}"


def with_login(url: str, login: str, password: str) -> str:
    """The same server and database, for another login.

    >>> with_login("postgresql://boss:x@db:5432/fed?sslmode=require", "fed_member", "p/w")
    'postgresql://fed_member:p%2Fw@db:5432/fed?sslmode=require'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(login, safe='')}:{quote(password, safe='')}@{host}"
    # An empty host needs its empty authority kept: postgresql://login@/name?host=/socket/directory.
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))


def write_private(path: Path, text: str) -> None:
    """Write a whole file that only its owner may read, or leave the former one untouched."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    scratch.replace(path)


def _make_private(data_dir: Path) -> None:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as reason:
        raise InvalidInput({"--data": f"cannot make the directory {data_dir}: {reason.strerror}."}) from reason


def _secret_key(env: Mapping[str, str], data_dir: Path) -> str:
    if env.get("SECRET_KEY"):
        if len(env["SECRET_KEY"]) < 32:
            raise InvalidInput({"SECRET_KEY": "use at least 32 characters, or leave it out to have one made."})
        return env["SECRET_KEY"]
    return _remembered(data_dir / "secret_key", lambda: secrets.token_urlsafe(48))


def _role_urls(env: Mapping[str, str], database_url: str, prefix: str, data_dir: Path) -> dict[str, str]:
    given = {role: env.get(f"FED_{role.upper()}_URL") for role in LOGIN_ROLES}
    if all(given.values()):
        return {role: postgres_url(url) for role, url in given.items() if url}
    made = _remembered(
        data_dir / "roles.json", lambda: json.dumps({role: secrets.token_urlsafe(24) for role in LOGIN_ROLES})
    )
    passwords = json.loads(made)
    derived = {role: with_login(database_url, f"{prefix}_{role}", passwords[role]) for role in LOGIN_ROLES}
    return derived | {role: postgres_url(url) for role, url in given.items() if url}


def _remembered(path: Path, make: Callable[[], str]) -> str:
    """The text of a private file; the first process to ask makes it, and all others get that same text."""
    if not path.exists():
        scratch = path.with_name(f"{path.name}.{os.getpid()}.first")
        write_private(scratch, make())
        try:
            os.link(scratch, path)
        except FileExistsError:
            # Another process was first: its text is the one to keep.
            return path.read_text(encoding="utf-8")
        finally:
            scratch.unlink()
    return path.read_text(encoding="utf-8")


def _whole_number(env: Mapping[str, str], name: str, default: int, *, lowest: int, highest: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise InvalidInput({name: f"use a whole number from {lowest} to {highest}, not {text!r}."})
    return int(text)


def _yes_or_no(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name)
    if not text:
        return default
    if text not in ("0", "1"):
        raise InvalidInput({name: f"use 1 for yes or 0 for no, not {text!r}."})
    return text == "1"
