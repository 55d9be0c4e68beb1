"""Sessions: when they end, who is signed in where, and what a page does once its session has ended.

A session that the user asked to keep ends SESSION_DAYS after the sign-in, any other also after SESSION_IDLE_MINUTES
without a request. Staff's sessions are never kept. Activity is recorded every few minutes, not with each request.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect

from config.ui.requests import HtmxRequest, is_visit
from markets.models import User

logger = logging.getLogger(__name__)
SIGNED_IN_AT = "signed_in_at"
ACTIVE_AT = "active_at"
RECORDED_AT_MOST_EVERY = 5 * 60


def idle_seconds() -> int:
    return int(settings.SESSION_IDLE_MINUTES * 60)


def begin(session: SessionBase) -> None:
    session[SIGNED_IN_AT] = session[ACTIVE_AT] = int(time.time())


def began_recently(session: SessionBase) -> bool:
    began = session.get(SIGNED_IN_AT, 0)
    return bool(time.time() - began < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def reason_to_end(session: SessionBase, *, is_staff: bool, moment: float) -> str:
    """A sentence for the user, or an empty text if the session goes on."""
    if moment - session.get(SIGNED_IN_AT, moment) >= timedelta(days=settings.SESSION_DAYS).total_seconds():
        sentence = _("You were signed out, because you signed in %(days)s days ago.")
        return sentence % {"days": settings.SESSION_DAYS}
    is_kept = not is_staff and not session.get_expire_at_browser_close()
    if not is_kept and moment - session.get(ACTIVE_AT, moment) >= idle_seconds():
        sentence = _("You were signed out after %(time)s without activity.")
        return sentence % {"time": _duration(settings.SESSION_IDLE_MINUTES)}
    return ""


class SessionLimitsMiddleware:
    """Ends sessions that are due, records activity, and leads a fragment of a page to the sign-in page as a whole."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return sign_in_again(request, self.get_response(request))

    def process_view(self, request: HttpRequest, view: Callable[..., object], *args: object) -> None:
        """Leaves the API alone, which knows no sessions."""
        if getattr(view, "is_opened_by_token", False) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        if request.user.is_authenticated:
            user, moment = request.user, time.time()
            if reason := reason_to_end(request.session, is_staff=user.is_staff, moment=moment):
                UserSession.objects.filter(session_key=request.session.session_key).delete()
                logout(request)
                messages.info(request, reason)
            else:
                record_activity(request, moment)


def record_activity(request: HttpRequest, moment: float) -> None:
    """Writes at most every few minutes. A database that takes no writes does not fail the page."""
    session = request.session
    every = min(RECORDED_AT_MOST_EVERY, idle_seconds() // 4)
    if moment - session.get(ACTIVE_AT, 0) < every or not is_visit(request):
        return
    try:
        with transaction.atomic():
            UserSession.objects.create_from_request(request)
    except DatabaseError as error:
        logger.warning("The activity of user %s was not recorded: %s", request.user.pk, type(error).__name__)
        return
    session[ACTIVE_AT] = int(moment)
    # A session from before these limits has no beginning: it starts now, but is no recent sign-in.
    session.setdefault(SIGNED_IN_AT, int(moment) - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def sign_in_again(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where `response` leads to the sign-in page: back to the page that was open, not to its fragment or a POST's
    address. With htmx the browser leaves the page, instead of showing the sign-in page within it.
    """
    sign_in = reverse("account_login")
    if response.status_code != 302 or urlsplit(response["Location"]).path != sign_in:
        return response
    is_htmx = "HX-Request" in request.headers
    if not is_htmx and (request.method in ("GET", "HEAD") or request.path == reverse("set_language")):
        return response
    page = _page_shown(cast(HtmxRequest, request))
    target = f"{sign_in}?{urlencode({'next': page})}" if page else sign_in
    redirected = HttpResponseClientRedirect(target) if is_htmx else HttpResponseRedirect(target)
    redirected.cookies = response.cookies
    return redirected


def _page_shown(request: HtmxRequest) -> str:
    """The path of the page in the browser from which the request came; empty if unknown."""
    url = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}):
        return ""
    return urlunsplit(("", "", *urlsplit(url)[2:4], ""))


def live_sessions(user: User) -> list[UserSession]:
    """The newest activity first. Drops those that have ended."""
    moment, live = time.time(), []
    for each in UserSession.objects.purge_and_list(user):
        if reason_to_end(SessionStore(each.session_key), is_staff=user.is_staff, moment=moment):
            each.end()
        else:
            live.append(each)
    return sorted(live, key=lambda each: each.last_seen_at, reverse=True)


def ended_sessions() -> Iterator[UserSession]:
    """Those that may not go on, of whatever user, and have not expired."""
    moment = time.time()
    for each in UserSession.objects.select_related("user").iterator(chunk_size=500):
        if reason_to_end(SessionStore(each.session_key), is_staff=each.user.is_staff, moment=moment):
            yield each


def expired_sessions() -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=now())


@dataclass
class Cleared:
    expired: int = 0
    ended: int = 0


def clear_sessions() -> Cleared:
    """Deletes sessions that have expired or may not go on, so that nobody can take them up."""
    cleared = Cleared(expired=expired_sessions().count())
    SessionStore.clear_expired()
    for each in ended_sessions():
        each.end()
        cleared.ended += 1
    in_use = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(in_use)).delete()
    return cleared


def _duration(minutes: int) -> str:
    if minutes % 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return _("an hour") if minutes == 60 else _("%(count)s hours") % {"count": minutes // 60}
