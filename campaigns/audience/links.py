"""Rules in query strings, so that a number opens the people whom it counts: `?rule=`."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.utils.translation import gettext_lazy as _

from campaigns.audience.parameters import Problem, RuleInvalid

MAX_LENGTH = 100_000
"""Of a rule's JSON. It also bounds what a compressed text may expand to."""
UNREADABLE = _("The rule in this address can't be read. Open the list again, or build the rule anew.")


def encode_rule(rule: object) -> str:
    """A rule's JSON, compressed, as text for a query string."""
    text = json.dumps(rule, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def decode_rule(text: str) -> object:
    """The JSON of a rule in a query string: as `encode_rule` gives it, or plain. Raises RuleInvalid."""
    try:
        plain = text if text.lstrip().startswith("{") else _expand(text)
        if len(plain) > MAX_LENGTH:
            raise ValueError
        return json.loads(plain)
    except (ValueError, zlib.error, RecursionError):
        raise RuleInvalid([Problem((), str(UNREADABLE))]) from None


def _expand(text: str) -> str:
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if data[:1] == b"{":
        return data.decode()
    reader = zlib.decompressobj()
    plain = reader.decompress(data, MAX_LENGTH + 1)
    if not reader.eof:
        raise ValueError("It is longer than a rule, or cut off.")
    return plain.decode()
