from django.utils.translation import gettext_lazy as _

from campaigns.models import Mention
from config.ui.lists.filters import FlagFilter, WorkspaceFilterSet, between_days
from markets.search.filters import SearchFilter


@between_days("note__written_at")
class MentionFilter(WorkspaceFilterSet):
    q = SearchFilter()
    unseen = FlagFilter(label=_("Unread"), apply=lambda mentions: mentions.filter(seen_at=None))

    class Meta:
        model = Mention
        fields: list[str] = []
