"""Files that somebody sends in: kept on the disk while they arrive, and refused as soon as they are too large."""

from collections.abc import Callable
from functools import wraps
from os.path import splitext
from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]
LONGEST_ENDING = 20
BESIDE_THE_FILE = 64 * 1024
"""Bytes of a request that the other fields, and the marks between all of them, may take."""


class LimitedUpload(TemporaryFileUploadHandler):
    """A file on the disk, of which no more is read once it has more than `most` bytes."""

    def __init__(self, request: HttpRequest, most: int):
        super().__init__(request)
        self.most = most
        self.is_too_large = False

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """The ending of the name becomes one of a file on our disk, which takes no more than 255 bytes."""
        stem, ending = splitext(file_name)
        super().new_file(field_name, stem + ending[:LONGEST_ENDING], *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.most:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def receives_file(*, most: int, too_large: View) -> Callable[[View], View]:
    """A view that files of at most `most` bytes are posted to; `too_large` answers for larger ones.

    The token is checked as everywhere, but here: reading it reads the file, so the handler must be in place before,
    and outer decorators can refuse a request before any of it is read.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def received(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _length(request) > most + BESIDE_THE_FILE:
                return too_large(request, *args, **kwargs)
            handler = LimitedUpload(request, most)
            request.upload_handlers = [handler]

            @csrf_protect
            def protected(request: HttpRequest) -> HttpResponse:
                request.FILES.keys()  # reads the request, where the check of the token has not done so
                return (too_large if handler.is_too_large else view)(request, *args, **kwargs)

            return protected(request)

        return received

    return decorate


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0
