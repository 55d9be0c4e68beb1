"""Reads a page from the standby, or from the primary if that is not possible or fails halfway."""

from collections.abc import Callable, Iterator
from typing import cast

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import Resolver404, resolve

from config.db.replicas import STANDBY
from config.db.replicas.positions import position_of, remember_position
from config.db.replicas.routing import Reads, current
from config.db.replicas.standby import PAGES, State, standby
from config.db.timeouts import stalls

SAFE = ("GET", "HEAD", "OPTIONS")
type GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ReadFromStandby:
    def __init__(self, get_response: GetResponse):
        if STANDBY not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reads = Reads()
        current.set(reads)
        try:
            response = self._from_standby(request, reads) if may_be_read_there(request) else None
            if response is None:
                reads = Reads()
                current.set(reads)
                response = self.get_response(request)
            if request.method not in SAFE or reads.has_written:
                remember_position(request, response)
        finally:
            current.set(None)
        if response.streaming:
            stream = cast(StreamingHttpResponse, response)
            stream.streaming_content = _streamed(cast(Iterator[bytes], stream.streaming_content), reads)
        return response

    def _from_standby(self, request: HttpRequest, reads: Reads) -> HttpResponseBase | None:
        """None if the primary has to answer. A page that fails halfway has written nothing: it is asked for again."""
        with standby.watched() as watch:
            state = standby.look(position_of(request))
            if state == State.USED:
                watch.limit = stalls.LIMIT
                reads.alias = STANDBY
                response = self.get_response(request)
                if not reads.has_failed and not (response.status_code == 503 and standby.has_failed()):
                    PAGES.labels(State.USED).inc()
                    return response
                state = State.FAILED
        PAGES.labels(state).inc()
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """In the place of an error page. Nobody sees it: the primary answers instead."""
        reads = current.get()
        if reads and reads.alias == STANDBY and standby.has_failed(error):
            reads.has_failed = True
            return HttpResponse(status=503)
        return None


def may_be_read_there(request: HttpRequest) -> bool:
    """What the API reads, and pages that say so, as those of workspaces do unless they write."""
    if request.method not in ("GET", "HEAD"):
        return False
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return False
    is_page = getattr(found.func, "reads_from_standby", False)
    return bool(is_page) or found.namespace in settings.NAMESPACES_READ_FROM_STANDBY


def _streamed(content: Iterator[bytes], reads: Reads) -> Iterator[bytes]:
    """An export reads its rows while it is sent."""
    current.set(reads)
    try:
        yield from content
    finally:
        current.set(None)
