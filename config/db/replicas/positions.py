"""Up to where in the primary's log somebody has written. A browser says so by a signed cookie; for an API client the
shared cache remembers it, by its token. Decision 26 gives the reasons."""

import logging
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)
COOKIE = "position" if settings.IS_LOCAL else "__Host-position"
SALT = "position"
KEPT = 60 * 60
"""Seconds. Much longer than a standby that is used may be behind, also while it takes a dead connection for alive."""
BEGINNING, NOWHERE = "0/0", "FFFFFFFF/FFFFFFFF"
"""The position of who has written nothing, and one that no standby has reached."""


def position_of(request: HttpRequest) -> str:
    if key := _token_key(request):
        return str(cache.get(key, BEGINNING))
    return str(request.get_signed_cookie(COOKIE, BEGINNING, salt=SALT, max_age=KEPT))


def remember_position(request: HttpRequest, response: HttpResponseBase) -> None:
    """Called when a request may have written, and its transactions have ended."""
    position = _current_position()
    if key := _token_key(request):
        if response.status_code < 400:  # else anybody could fill the cache
            cache.set(key, position, KEPT)
        return
    response.set_signed_cookie(
        COOKIE,
        position,
        salt=SALT,
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _current_position() -> str:
    """Of what was added to the log, whether or not it is on the disk: it holds with synchronous_commit off, too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            return str(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The position in the log is not known: %s", type(error).__name__)
        return NOWHERE


def _token_key(request: HttpRequest) -> str:
    token = request.headers.get("Authorization", "")
    return f"position:{sha256(token.encode()).hexdigest()}" if token else ""
