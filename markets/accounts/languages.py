"""The language of pages and mails: the one that the user has chosen, else the one chosen before signing in (a cookie),
else the browser's, else `LANGUAGE_CODE`."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from markets.models import User


def language_of_request(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Activates the language. It stays active after the answer, since exports are written while they are sent."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = ""
        is_of_session = settings.SESSION_COOKIE_NAME in request.COOKIES and "Authorization" not in request.headers
        if is_of_session and isinstance(request.user, User):
            chosen = request.user.language
        language = chosen or translation.get_language_from_request(request)
        translation.activate(language)
        response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not chosen and "Authorization" not in request.headers:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


def language_of_sign_up(request: HttpRequest) -> str:
    """What a new user's pages and mails are written in: the language of the page on which they signed up."""
    return translation.get_language_from_request(request)


def writing_to(user: User) -> AbstractContextManager[None]:
    """Within it, texts are in the language of `user`, such as those of a mail."""
    return translation.override(user.language or settings.LANGUAGE_CODE)
