"""Who is at the other end. A proxy that stands in front is trusted to say it; nobody else is."""

import ipaddress
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)
type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNIX_SOCKET, NONE = "unix", "none"
LOOPBACK = "127.0.0.1"
FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
OTHERS = [
    *("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_SSL", "HTTP_X_FORWARDED_PREFIX"),
    *("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP", "HTTP_CLIENT_IP"),
]
"""What else is said of where a request came from. The portal believes none of it: the host is `Host`."""


@dataclass(frozen=True)
class TrustedProxies:
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    unix_socket: bool = False

    @classmethod
    def named(cls, entries: Sequence[str]) -> "TrustedProxies":
        """Raises ValueError for what is neither an address, a network, `unix` nor `none`."""
        others = [each for each in entries if each not in (UNIX_SOCKET, NONE)]
        if NONE in entries and len(entries) > 1:
            raise ValueError(f"“{NONE}” stands alone")
        networks = [ipaddress.ip_network(each, strict=False) for each in others]
        return cls(tuple(networks), UNIX_SOCKET in entries)

    def include(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def trusts_peer(self, text: str) -> bool:
        """`text` is empty for the peer at a Unix socket."""
        address = parsed(text)
        return self.include(address) if address else not text and self.unix_socket

    def client(self, peer: str, forwarded_for: str) -> str:
        """The last address that a trusted proxy has seen: each appends whom it was asked by, so from the right the
        first that is no proxy of ours. What stands further left, the client may have written itself."""
        last = peer or LOOPBACK
        for text in reversed(forwarded_for.split(",")):
            address = parsed(text)
            if address is None:
                break
            last = str(address)
            if not self.include(address):
                break
        return last


def parsed(text: str) -> Address | None:
    """An address as proxies write it, also with a port or in brackets; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class ForwardedHeaders:
    """Makes REMOTE_ADDR the client's address, and deletes what somebody who is no trusted proxy says of it.

    Comes first, so that everything behind it sees one address and knows whether the request came over HTTPS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response
        self.trusted = TrustedProxies.named(settings.TRUSTED_PROXIES)
        self.has_warned = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta, peer = request.META, request.META.get("REMOTE_ADDR", "")
        forwarded_for, scheme = meta.pop(FORWARDED_FOR, ""), meta.pop(FORWARDED_PROTO, "")
        for name in OTHERS:
            meta.pop(name, None)
        if self.trusted.trusts_peer(peer):
            meta["REMOTE_ADDR"] = self.trusted.client(peer, forwarded_for)
            if scheme:  # with several proxies in a row each must have been asked over HTTPS
                is_secure = all(each.strip().lower() == "https" for each in scheme.split(","))
                meta[FORWARDED_PROTO] = "https" if is_secure else "http"
        elif scheme:
            self.warn(peer)
        return self.get_response(request)

    def warn(self, peer: str) -> None:
        """Once: else a proxy that is not named would redirect to HTTPS without end, and nothing would say why."""
        if not self.has_warned:
            self.has_warned = True
            logger.warning(
                "X-Forwarded-Proto of %s was ignored. If that is your proxy, name it in TRUSTED_PROXIES.",
                peer or "a Unix socket",
            )
