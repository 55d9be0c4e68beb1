from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/", "application/json")


class CompressedText(GZipMiddleware):
    """Compresses pages, fragments and CSV files, but no workbooks, which are compressed already.

    Django pads each response by a random length and masks the token of forms, so that the length of a response does not
    give away what is in it (docs/decisions/0017).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(COMPRESSED):
            return response
        return super().process_response(request, response)
