"""Types of requests. Middleware and decorators add these attributes to Django's own requests, so that no object has
these classes: they are for annotations only."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


def is_visit(request: HttpRequest) -> bool:
    """False for HEAD and for a browser's prefetch: neither shows anybody the page, so neither may write anything."""
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return request.method != "HEAD" and not purpose.startswith("prefetch")
