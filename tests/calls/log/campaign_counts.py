"""The calls, conversations and meetings that a campaign counts."""

from calls.models import CampaignDay


def counts(campaign):
    rows = CampaignDay.objects.filter(campaign=campaign).values_list(
        "call_count", "conversation_count", "meeting_count"
    )
    return tuple(sum(column) for column in zip(*rows, strict=True)) or (0, 0, 0)
