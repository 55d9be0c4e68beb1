"""Limits on failed sign-ins with a password: they slow whoever guesses, and nobody else (docs/decisions/0018).

An attempt is counted before its password is checked, which makes the limits exact however many attempts arrive at once,
and given back if the password was right. Accounts are what was typed, whether or not they exist.
"""

import ipaddress
import unicodedata
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from markets.accounts.known_devices import device_of
from markets.workspaces.throttles import count, seconds_left

MINUTE, HOUR = 60, 3600
IPV6_NETWORK = 64
"""Bits that one customer of a provider usually has; the rest of the address is theirs to choose."""


@dataclass(frozen=True)
class Limit:
    name: str
    most: int
    seconds: int

    def count(self, *key: str, by: int = 1) -> int:
        return count(":".join(["sign-in", self.name, *key]), seconds=self.seconds, by=by)

    def is_reached(self, *key: str) -> bool:
        return self.count(*key, by=0) >= self.most


BY_DEVICE = Limit("device", 10, 15 * MINUTE)
"""On one account with a browser that it was signed in with before. No other limit applies to those."""
BY_ADDRESS = Limit("address", 5, 15 * MINUTE)
"""On one account from one address."""
BY_ACCOUNT = Limit("account", 50, HOUR)
"""On one account from all addresses: more than two of them can use up together."""
FAILED_FROM_ADDRESS = Limit("failed", 100, HOUR)
"""Wrong passwords from one address for all accounts. Beyond it `BY_BUSY_ADDRESS` replaces `BY_ADDRESS`."""
BY_BUSY_ADDRESS = Limit("busy-address", 2, HOUR)


@dataclass
class Attempt:
    account: str
    address: str
    device: str
    counted: list[tuple[Limit, tuple[str, ...]]] = field(default_factory=list)

    @classmethod
    def of(cls, request: HttpRequest, *, email: str, client_ip: str) -> "Attempt":
        account = account_key(email)
        return cls(account, address_key(client_ip), device_of(request, account))

    def begin(self) -> int:
        """Counts the attempt. Returns the seconds to wait, without a look at the password, if there were too many."""
        if self.device:
            return self._count(BY_DEVICE, self.account, self.device)
        is_busy = FAILED_FROM_ADDRESS.is_reached(self.address)
        limit = BY_BUSY_ADDRESS if is_busy else BY_ADDRESS
        return self._count(limit, self.account, self.address) or self._count(BY_ACCOUNT, self.account)

    def failed(self) -> None:
        FAILED_FROM_ADDRESS.count(self.address)

    def succeeded(self) -> None:
        """Gives back only what this attempt has counted: else whoever can sign in could go on guessing."""
        for limit, key in self.counted:
            limit.count(*key, by=-1)

    def _count(self, limit: Limit, *key: str) -> int:
        if limit.count(*key) > limit.most:
            return seconds_left(limit.seconds)
        self.counted.append((limit, key))
        return 0


def account_key(email: str) -> str:
    """The same for every spelling that finds the same user. A hash, as the cache holds no personal data."""
    folded = unicodedata.normalize("NFKC", email.strip()).casefold()
    return salted_hmac("sign-in account", folded, algorithm="sha256").hexdigest()[:32]


def address_key(client_ip: str) -> str:
    address = ipaddress.ip_address(client_ip)
    network = ipaddress.ip_network((address, IPV6_NETWORK), strict=False) if address.version == 6 else address
    return salted_hmac("sign-in address", str(network), algorithm="sha256").hexdigest()[:32]


def in_words(seconds: int) -> str:
    if seconds < 2 * MINUTE:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = -(-seconds // MINUTE)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
