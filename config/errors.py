"""What is answered where a page could not be made."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

from config.db.statement_timeouts import is_in_the_way
from config.ui.api import SECONDS_TO_WAIT


def failed(request: HttpRequest) -> HttpResponse:
    """503 for what passes, with what to do; else 500, a fault of ours. Either is logged."""
    if is_in_the_way(sys.exception()):
        page = loader.render_to_string("503.html")  # without what every page asks the database for
        return HttpResponse(page, status=503, headers={"Retry-After": SECONDS_TO_WAIT})
    return server_error(request)
