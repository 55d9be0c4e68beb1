"""The page that a shared link opens. It is public: nothing here knows who is signed in, and only the token decides."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.csp import CSP
from django.utils.dateparse import parse_datetime
from django.utils.timezone import override
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override

from campaigns.models import SharedLink
from config.ui.requests import is_visit
from signals.sharing.forms import PasswordForm
from signals.sharing.links import (
    document_of,
    find,
    is_password,
    record_visit,
    seconds_until_password,
    seconds_until_visit,
    sections_of,
)

# The prefix “__Host-” is not possible: each link has a cookie of its own path.
COOKIE = "__Secure-shared-link" if settings.SESSION_COOKIE_SECURE else "shared-link"
COOKIE_SECONDS = 4 * 3600
POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """Keeps a page out of caches, search engines and the referrers of other sites."""

    @csp_override(POLICY)
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response

    return guarded


@private
def shared_page(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows. The answer is the same for one that is unknown, expired or revoked."""
    link = find(token)
    if link is None:
        return render(request, "shared/gone.html", status=404)
    if wait := seconds_until_visit(link):
        return _wait(request, wait)
    with override(link.workspace.zone):
        if link.password_hash and not _is_unlocked(request, link):
            return _ask_password(request, link)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.method == "HEAD":
            return HttpResponse()
        # A market's page that was frozen stays in its language, also around the frozen texts.
        with translation.override(_language_of(link)):
            response = _show(request, link)
        if is_visit(request):
            record_visit(link)
        return response


def _language_of(link: SharedLink) -> str:
    return (
        str((link.document or {}).get("language", "en")) if link.is_frozen and link.market else get_language() or "en"
    )


def _show(request: HttpRequest, link: SharedLink) -> HttpResponse:
    thing = link.report or link.market
    assert thing
    document, titles = document_of(link), sections_of(thing)
    context = {
        "link": link,
        "document": document,
        "as_of": parse_datetime(document["as_of"]),
        "sections": [(key, _(title)) for key, title in titles.items() if key in document],
    }
    return render(request, f"shared/{'report' if link.report else 'market'}.html", context)


def _ask_password(request: HttpRequest, link: SharedLink) -> HttpResponse:
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (wait := seconds_until_password(link)):
        return _wait(request, wait)
    if form.is_valid():
        if is_password(link, form.cleaned_data["password"]):
            return _unlock(redirect(request.path), request, link)
        form.add_error("password", ValidationError(_("This isn't the password. Ask whoever sent you the link.")))
    response = render(request, "shared/password.html", {"form": form}, status=403 if form.is_bound else 200)
    # Without a referrer the browser would send the form with “Origin: null”, which the check against forged requests
    # refuses.
    response["Referrer-Policy"] = "same-origin"
    return response


def _wait(request: HttpRequest, seconds: int) -> HttpResponse:
    response = render(request, "shared/wait.html", {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _salt(link: SharedLink) -> str:
    """Each link, and each password of it, has cookies of its own."""
    return f"{COOKIE}:{link.pk}:{link.password_hash}"


def _is_unlocked(request: HttpRequest, link: SharedLink) -> bool:
    return request.get_signed_cookie(COOKIE, "", salt=_salt(link), max_age=COOKIE_SECONDS) == str(link.pk)


def _unlock(response: HttpResponse, request: HttpRequest, link: SharedLink) -> HttpResponse:
    response.set_signed_cookie(
        COOKIE,
        str(link.pk),
        salt=_salt(link),
        max_age=COOKIE_SECONDS,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
