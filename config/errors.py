"""Error pages for exceptions that no view has handled. Django logs each of them."""

import sys

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error
from redis.exceptions import RedisError

from config.db.encryption import UnreadableSecretError
from config.db.timeouts.statements import is_disk_full, is_transient
from config.ui.api import SECONDS_TO_WAIT


def failed(request: HttpRequest) -> HttpResponse:
    """409 if the database has refused a conflicting write, 503 for what passes by itself or by the
    operator, else 500."""
    error = sys.exception()
    # These pages are rendered without the context of a workspace's pages, which would query the database.
    if isinstance(error, IntegrityError):
        return HttpResponse(loader.render_to_string("409.html"), status=409)
    if is_transient(error) or isinstance(error, RedisError):
        page = loader.render_to_string("503.html", {"is_disk_full": is_disk_full(error)})
        return HttpResponse(page, status=503, headers={"Retry-After": SECONDS_TO_WAIT})
    if isinstance(error, UnreadableSecretError):
        return HttpResponse(
            loader.render_to_string("second_factor_unreadable.html", {"problem": error.message}), status=503
        )
    return server_error(request)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """allauth's limits for an address or for mails of password resets, all of them by the minute."""
    return HttpResponse(loader.render_to_string("429.html"), status=429, headers={"Retry-After": "60"})
