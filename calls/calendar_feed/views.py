import hashlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from calls.calendar_feed.links import find_membership, make_link, seconds_until_read, turn_off
from markets.models import Role, Workspace
from markets.workspaces.access import WorkspaceRequest, workspace_page


@workspace_page(Role.VIEWER, "GET POST")
def calendar_link(request: WorkspaceRequest, workspace: Workspace) -> HttpResponse:
    """The user's calendar link: makes one, shown once instead of redirecting, or turns it off."""
    membership, url = request.access.membership, ""
    if request.method == "POST" and membership:
        if request.POST.get("do") == "turn_off":
            if turn_off(membership=membership, by=request.user):
                messages.success(request, _("Calendar link turned off. It no longer works."))
            return redirect("calendar_link", workspace.slug)
        if request.POST.get("do") == "make":
            token = make_link(membership=membership, by=request.user)
            url = request.build_absolute_uri(reverse("calendar", args=[token]))
    context = {"section": "calendar", "membership": membership, "url": url}
    return render(request, "calendar_feed/link.html", context)


# Not stored by browsers and proxies, as it names people. Calendar programs keep the ETag beside their own copy.
@never_cache
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of a link, for whoever has its token: nobody signs in here."""
    membership = find_membership(token)
    if membership is None:
        raise Http404("No such calendar.")
    if wait := seconds_until_read(membership):
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    from calls.calendar_feed.contents import calendar_of

    body = calendar_of(membership, request.build_absolute_uri("/").rstrip("/"))
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
