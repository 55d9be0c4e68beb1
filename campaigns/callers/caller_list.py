"""The callers of a campaign with what each has, for its page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from campaigns.callers.assignment import assigned_counts
from campaigns.callers.eligible import Callers
from campaigns.models import Campaign
from markets.models import User


@dataclass(frozen=True)
class CallerRow:
    """A user with their people. `user` is None for those who are nobody's."""

    user: User | None
    people: int
    on_screen: int
    is_chosen: bool
    """One of the campaign's own callers."""
    is_gone: bool
    """May not call here any more: their people count as unassigned."""


def caller_rows(campaign: Campaign, moment: datetime) -> list[CallerRow]:
    """The campaign's own callers, whoever else has people, and last those who are nobody's."""
    people = dict(assigned_counts(campaign))
    leased = campaign.members.filter(leased_until__gt=moment).exclude(leased_by=None)
    on_screen = Counter(leased.values_list("leased_by", flat=True))
    chosen = set(campaign.callers.values_list("user", flat=True))
    calling = Callers.of(campaign.workspace_id, [campaign]).calling(campaign.pk)
    users = User.objects.in_bulk({*chosen, *(user for user in people if user), *on_screen})
    rows = [
        CallerRow(user, people.get(key, 0), on_screen[key], key in chosen, key not in calling)
        for key, user in sorted(users.items(), key=lambda each: str(each[1]))
    ]
    return [*rows, CallerRow(None, people.get(None, 0), 0, is_chosen=False, is_gone=False)]
