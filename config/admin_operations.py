"""The operations page of the admin: how the portal is, and what to do where it is not well."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from markets.operations.overview import overview, running_versions

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


def operations(site: "AdminSite", request: HttpRequest) -> HttpResponse:
    found = overview()
    context = {
        **site.each_context(request),
        "title": _("Operations"),
        "overview": found,
        "versions": running_versions(),
        "red": [line for line in found.lines if not line.is_ok],
    }
    return TemplateResponse(request, "admin/operations.html", context)
