"""Sends one HTTP request to an address that somebody typed, and to nothing inside the portal's own network.

The host name is resolved once, all its addresses are checked, and the connection goes to a checked address, whatever
the name resolves to by then. Redirects are not followed, and no proxy is used. HTTP libraries resolve names themselves,
so this is `http.client` with a socket that was connected here.
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _

from markets.models.webhooks import MOST_OF_ANSWER

TIMEOUT = 10.0
"""Seconds for connecting, and for each wait for the receiver."""
DEADLINE = 15.0
"""Seconds for the whole request: a host may not have many addresses that do not answer, nor send byte by byte for ever.
Nothing is sent later, when another worker may have taken the delivery (markets.webhooks.queue.LEASE)."""
TOO_LATE = "no connection in time"
OVERLOADED = {429, 503}
MOST_WAIT = timedelta(hours=24)
"""How long a receiver may ask to be left alone at once: as long as the longest wait between attempts."""
PORTS = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """Nothing is sent there. The message says why."""


@dataclass(frozen=True)
class Answer:
    """What a receiver answered: `status` is None if nothing came, and `problem` then says why."""

    status: int | None = None
    text: str = ""
    problem: str = ""
    retry_after: timedelta | None = None
    """How long a receiver that is overloaded (429, 503) asked to be left alone."""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends a POST and reads the beginning of the answer. Raises nothing: what goes wrong is the answer's `problem`."""
    ends_at = monotonic() + DEADLINE
    try:
        parts = checked_url(url)
        connection = _CheckedConnection(parts, ends_at)
    except AddressRefused as refusal:
        return Answer(problem=str(refusal)[:200])
    watchdog = Timer(max(0, ends_at - monotonic()), connection.abort)
    watchdog.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Host": parts.netloc, **headers})
        response = connection.getresponse()
        text = response.read(MOST_OF_ANSWER * 4).decode(errors="replace").replace("\0", "")
        return Answer(response.status, text[:MOST_OF_ANSWER], retry_after=_retry_after(response))
    except (OSError, HTTPException, ValueError, AttributeError) as error:  # the last two if it is aborted within TLS
        return Answer(problem=f"{type(error).__name__}: {error}"[:200])
    finally:
        watchdog.cancel()
        connection.close()


def _retry_after(response: HTTPResponse) -> timedelta | None:
    """What `Retry-After` says in seconds or as an HTTP date (RFC 9110, 10.2.3), at most MOST_WAIT. None if it says
    nothing that can be read, or the status is another: after a redirect it means something else."""
    said = (response.headers.get("Retry-After") or "").strip()
    if response.status not in OVERLOADED or not said:
        return None
    if said.isascii() and said.isdecimal():
        return timedelta(seconds=min(int(said[:9]), MOST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    asked = until.replace(tzinfo=until.tzinfo or UTC) - now()
    return max(timedelta(), min(asked, MOST_WAIT))


def checked_url(url: str) -> SplitResult:
    """The parts of an address to which webhooks may be sent. Raises AddressRefused.

    A host in WEBHOOK_ALLOWED_HOSTS may be inside the portal's network, and may be without TLS.
    """
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        raise AddressRefused(_("This is no web address.")) from None
    if not (url.isascii() and url.isprintable() and " " not in url and parts.hostname and has_port):
        raise AddressRefused(_("This is no web address. Write it like https://crm.example/hooks."))
    if parts.scheme not in PORTS or (parts.scheme == "http" and not _is_allowed(parts)):
        raise AddressRefused(_("The address has to begin with https://."))
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(_("The address may not hold a user name or a password."))
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return parts
    _check_address(literal, parts)
    return parts


def _is_allowed(parts: SplitResult) -> bool:
    return parts.hostname in settings.WEBHOOK_ALLOWED_HOSTS


def _addresses(parts: SplitResult) -> list[str]:
    """The checked addresses of the host. One that is refused refuses the host: it may be a name that changes."""
    assert parts.hostname, "checked_url refuses an address without host"
    port = parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(_("The host %(host)s is not known.") % {"host": parts.hostname}) from None
    addresses = [str(address[0]) for *_others, address in found]
    for address in addresses:
        _check_address(ip_address(address), parts)
    return addresses


def _check_address(address: IPv4Address | IPv6Address, parts: SplitResult) -> None:
    """Raises AddressRefused for one that is not of the public internet, in any notation.

    An IPv6 address that holds an IPv4 address (mapped, 6to4, Teredo, NAT64) may lead to the inner one.
    """
    if _is_allowed(parts):
        return
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif address.sixtofour or address.teredo or address.is_site_local:
            raise _not_public(parts)
    if not address.is_global or address.is_multicast or address.is_reserved:
        raise _not_public(parts)


def _not_public(parts: SplitResult) -> AddressRefused:
    return AddressRefused(_("The host %(host)s is not on the public internet.") % {"host": parts.hostname})


class _CheckedConnection(HTTPConnection):
    """Connects to a checked address, and asks for the certificate of the host's name."""

    def __init__(self, parts: SplitResult, ends_at: float):
        assert parts.hostname, "checked_url refuses an address without host"
        super().__init__(parts.hostname, parts.port or PORTS[parts.scheme], timeout=TIMEOUT)
        self.is_tls = parts.scheme == "https"
        self.ends_at, self.is_aborted = ends_at, False
        self.addresses = _addresses(parts)

    def connect(self) -> None:
        self.sock = self._connected()
        if self.is_aborted:
            raise TimeoutError(TOO_LATE)
        if self.is_tls:
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()  # only now, so that `abort` finds the socket

    def _connected(self) -> socket.socket:
        """The first of the addresses that takes a connection: one of a host with two may not be reached from here."""
        *others, last = self.addresses
        for address in others:
            try:
                return socket.create_connection((address, self.port), self._time_left())
            except OSError:
                continue
        return socket.create_connection((last, self.port), self._time_left())

    def _time_left(self) -> float:
        left = self.ends_at - monotonic()
        if left <= 0:
            raise TimeoutError(TOO_LATE)
        return min(TIMEOUT, left)

    def abort(self) -> None:
        """Ends a wait in another thread, or keeps it from beginning."""
        self.is_aborted = True
        if self.sock:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
