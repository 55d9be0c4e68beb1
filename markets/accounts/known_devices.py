"""Browsers that somebody has signed in with before. Each remembers this itself, in a signed cookie.

Guesses at a password from other browsers do not count against a known one, so that nobody can lock the owner of an
account out of it (docs/decisions/0018).
"""

import secrets
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SALT = "known-device"
SECONDS = 365 * 24 * 3600
MOST_ACCOUNTS = 5


def device_of(request: HttpRequest, account: str) -> str:
    """The random name of the browser if the account was signed in with it before, else empty."""
    return _known(request).get(account, "")


def remember_device(request: HttpRequest, response: HttpResponse, accounts: Iterable[str]) -> None:
    known = _known(request)
    for account in accounts:
        known[account] = known.pop(account, "") or secrets.token_urlsafe(12)
    latest = list(known.items())[-MOST_ACCOUNTS:]
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME,
        " ".join(f"{account}.{device}" for account, device in latest),
        salt=SALT,
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> dict[str, str]:
    """The names of the browser by account, the latest last. Unsigned and old cookies count as none."""
    text = request.get_signed_cookie(settings.DEVICE_COOKIE_NAME, "", salt=SALT, max_age=SECONDS) or ""
    pairs = (each.partition(".") for each in text.split())
    return {account: device for account, _, device in pairs}
