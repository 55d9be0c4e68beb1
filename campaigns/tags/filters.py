import django_filters as filters

from config.ui.filters import WorkspaceFilterSet
from markets.models import Tag


class TagFilter(WorkspaceFilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search")

    class Meta:
        model = Tag
        fields: list[str] = []
