"""File uploads: written to disk while they arrive, and aborted as soon as they are too large."""

from collections.abc import Callable
from functools import wraps
from os.path import splitext
from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]
MAX_SUFFIX = 20
"""Characters of the file name's suffix. The temporary file has the same suffix, and file systems allow 255 bytes."""
FORM_OVERHEAD = 64 * 1024
"""Bytes of a request allowed for the other fields and the multipart boundaries."""


class LimitedUpload(TemporaryFileUploadHandler):
    """A temporary file. The upload stops once it has more than `max_bytes` bytes."""

    def __init__(self, request: HttpRequest, max_bytes: int):
        super().__init__(request)
        self.max_bytes = max_bytes
        self.is_too_large = False

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        stem, suffix = splitext(file_name)
        super().new_file(field_name, stem + suffix[:MAX_SUFFIX], *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.max_bytes:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def receives_file(*, max_bytes: int, too_large: View) -> Callable[[View], View]:
    """Limits the file posted to a view to `max_bytes` bytes. `too_large` is the view for larger files.

    CSRF is checked here instead of in the middleware. The check parses the body and thereby the file, so the upload
    handler has to be in place first. Outer decorators can refuse a request before any of its body is read.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _content_length(request) > max_bytes + FORM_OVERHEAD:
                return too_large(request, *args, **kwargs)
            handler = LimitedUpload(request, max_bytes)
            request.upload_handlers = [handler]

            @csrf_protect
            def protected(request: HttpRequest) -> HttpResponse:
                request.FILES.keys()  # parses the body if the CSRF check has not
                return (too_large if handler.is_too_large else view)(request, *args, **kwargs)

            return protected(request)

        return limited

    return decorate


def _content_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0
