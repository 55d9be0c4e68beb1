from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from config.ui.lists.filters import WorkspaceFilterSet
from markets.search import matching


class SearchFilter(filters.CharFilter):
    """Narrows the rows of any list that can be searched, by the one search."""

    def __init__(self) -> None:
        super().__init__(label=_("Search"))

    parent: WorkspaceFilterSet

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return matching(qs, value, self.parent.workspace) if value else qs
