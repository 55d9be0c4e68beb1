"""/.well-known/security.txt (RFC 9116): whom to tell of a security problem."""

from datetime import UTC, date, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    if not settings.SECURITY_CONTACT:
        raise Http404("No contact is set.")
    last_day = date.fromisoformat(settings.SECURITY_CONTACT_UNTIL)
    expires = datetime(last_day.year, last_day.month, last_day.day, 23, 59, 59, tzinfo=UTC)
    if expires < now():
        raise Http404("The contact is no longer valid.")
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {request.build_absolute_uri(reverse('security_txt'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
