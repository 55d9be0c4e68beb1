from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest

from config.ui.periods import PeriodChoice
from config.ui.remembered_period import visit_period
from markets.models import Workspace


def page_period(
    request: HttpRequest,
    workspace: Workspace,
    *,
    default: str = "",
    since: date | None = None,
    query: Mapping[str, Any] | None = None,
) -> PeriodChoice:
    """The period of a page with the period control: of its address, else the one chosen during the visit, else
    `default`, else the workspace's. `since` is the first day with data."""
    asked = request.GET if query is None else query
    return visit_period(request, asked, workspace.today(), default or workspace.default_period, since)
