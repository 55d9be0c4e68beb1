"""Types of requests. Middleware and decorators add these attributes to Django's own requests, so that no object has
these classes: they are for annotations only."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails
