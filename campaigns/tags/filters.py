from config.ui.lists.filters import WorkspaceFilterSet
from markets.models import Tag
from markets.search.filters import SearchFilter


class TagFilter(WorkspaceFilterSet):
    q = SearchFilter()

    class Meta:
        model = Tag
        fields: list[str] = []
