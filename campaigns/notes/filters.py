import django_filters as filters

from campaigns.models import Mention
from config.ui.filters import FlagFilter, WorkspaceFilterSet, between_days


@between_days("note__written_at")
class MentionFilter(WorkspaceFilterSet):
    q = filters.CharFilter(field_name="note__text", lookup_expr="icontains", label="Search")
    unseen = FlagFilter(label="Unread", apply=lambda mentions: mentions.filter(seen_at=None))

    class Meta:
        model = Mention
        fields: list[str] = []
