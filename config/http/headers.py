"""Headers of every response: pages, fragments, exports, redirects, errors, static files, the API and the admin."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

type GetResponse = Callable[[HttpRequest], HttpResponseBase]


def headers(get_response: GetResponse) -> GetResponse:
    """The outermost middleware, so that responses of other middleware have the headers, too.

    Static files say themselves how long they may be cached. Whatever else does not say so is not stored at all.
    """
    policy = ", ".join(f"{feature}={allowed}" for feature, allowed in settings.PERMISSIONS_POLICY.items())

    def add_headers(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", settings.CROSS_ORIGIN_RESOURCE_POLICY)
        response.headers.setdefault("Cross-Origin-Embedder-Policy", settings.CROSS_ORIGIN_EMBEDDER_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return add_headers
