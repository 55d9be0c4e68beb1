"""Members of a campaign as the queue sees them."""

from datetime import timedelta

from django.utils.timezone import now

from calls.queue.explanations import explain_rank
from calls.queue.ranking import QueueState, Rank, queue
from tests.factories import call, member, member_of


def called_member(campaign, contact=None, *, days_ago=10, **fields):
    """A member of the campaign, called `days_ago` days ago."""
    added = member_of(campaign, contact) if contact else member(campaign)
    call(campaign, added.contact, started_at=now() - timedelta(days=days_ago), **fields)
    return reloaded(added)


def reloaded(member):
    member.refresh_from_db()
    return member


def ready_members(campaign, **options):
    ready = queue(campaign.workspace, [campaign], now(), **options).filter(state=QueueState.READY)
    return [(each.contact_id, Rank(each.rank), explain_rank(each, now())) for each in ready]


def queue_state(member, **options):
    return queue(member.workspace, [member.campaign], now(), **options).get(pk=member.pk).state
