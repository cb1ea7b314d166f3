"""Reading an address that somebody typed: https alone, public addresses alone, small answers alone, not for long.

Whoever types an address chooses where this server sends a request. So the name is resolved here, every address it
stands for must be public, and the connection goes to that very address: a name that is answered differently a moment
later changes nothing. Each step of a redirect is held to the same.

Source: OWASP, "Server-Side Request Forgery Prevention".
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urljoin, urlsplit

from tenants.errors import InvalidInput

MAX_BYTES = 1024 * 1024
TIMEOUT_SECONDS = 10.0
TOTAL_SECONDS = 20.0
MOST_REDIRECTS = 3
LONGEST_URL = 500

Resolve = Callable[[str, int], Iterable[str]]
Connect = Callable[[str, int, str], http.client.HTTPConnection]
Allowed = Callable[[str], bool]


class FetchFault(Exception):
    """Why an address could not be read, in words for the people who typed it."""


def check_url(text: str) -> str:
    """An address as it is kept; webcal:// is https:// by another name.

    >>> check_url("webcal://rota.example.org/f031.ics")
    'https://rota.example.org/f031.ics'

    Raises: InvalidInput at "url".
    """
    url = text.strip()
    if url.lower().startswith("webcal://"):
        url = "https://" + url[len("webcal://") :]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput({"url": "This is no address: copy it from the rota program once more"}) from None
    if parts.scheme != "https" or not parts.hostname or len(url) > LONGEST_URL or not url.isascii():
        raise InvalidInput({"url": f"Enter an address that begins with https://, of at most {LONGEST_URL} letters"})
    if parts.username or parts.password or port not in (None, 443) or any(letter <= " " for letter in url):
        raise InvalidInput({"url": "Use an address without a name, a password, spaces or a port of its own"})
    if _is_address(parts.hostname) and not is_public(parts.hostname):
        raise InvalidInput({"url": "This address is not on the internet: use the one that is reached from outside"})
    return url


def fetch(
    url: str, *, resolve: Resolve | None = None, connect: Connect | None = None, allowed: Allowed | None = None
) -> bytes:
    """What stands at an address. `resolve`, `connect` and `allowed` are for tests with a server of their own.

    Raises: FetchFault, in words.
    """
    ends = time.monotonic() + TOTAL_SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        try:
            parts = urlsplit(check_url(url))
        except InvalidInput as fault:
            raise FetchFault(next(iter(fault.errors.values()))) from fault
        answer = _ask(parts, ends, (resolve or lookup, connect or secure_connection, allowed or is_public))
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url, answer)
    raise FetchFault(f"The address leads on more than {MOST_REDIRECTS} times")


def lookup(host: str, port: int) -> list[str]:
    """The addresses a name stands for. Raises: OSError."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address is on the open internet: not this machine, not a network of the house, not link-local.

    >>> [is_public(one) for one in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:192.168.1.1", "9.9.9.9")]
    [False, False, False, False, False, True]
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (mapped or found).is_global and not (mapped or found).is_multicast


def secure_connection(host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection by TLS to one address, whose certificate must be the name's."""
    return _Pinned(host, port, address)


class _Pinned(http.client.HTTPSConnection):
    """HTTPS to an address that was chosen before, under the name it was chosen for."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address = address
        self._tls = ssl.create_default_context()

    def connect(self) -> None:
        """Connect to the address, and greet it by the name."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _ask(parts: SplitResult, ends: float, ways: tuple[Resolve, Connect, Allowed]) -> bytes | str:
    """The answer of one address, or the address it leads on to."""
    resolve, connect, allowed = ways
    host, port = parts.hostname or "", 443
    try:
        addresses = list(resolve(host, port))
    except OSError as fault:
        raise FetchFault(f"There is no server called {host}") from fault
    if not addresses or not all(allowed(address) for address in addresses):
        raise FetchFault(f"{host} is not on the internet: only public addresses are read")
    connection = connect(host, port, addresses[0])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers={"Accept": "text/calendar", "User-Agent": "Federation rota reader"})
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308):
            return response.headers.get("Location") or ""
        if response.status != 200:
            raise FetchFault(f"The server answered {response.status} {response.reason}")
        return _read(response, ends)
    except (OSError, http.client.HTTPException) as fault:
        raise FetchFault(f"The server could not be reached: {type(fault).__name__}") from fault
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse, ends: float) -> bytes:
    data = b""
    while chunk := response.read1(65536):
        data += chunk
        if len(data) > MAX_BYTES:
            raise FetchFault("The calendar is larger than 1 MB")
        if time.monotonic() > ends:
            raise FetchFault(f"The server took longer than {TOTAL_SECONDS:g} seconds")
    return data


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
