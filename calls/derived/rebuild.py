"""All stored counts of a workspace compared with a recount, or counted again, while calls go on."""

from contextlib import suppress
from itertools import batched

from django.db import transaction

from calls.contacts.merge import campaigns_of, lock_campaigns
from calls.derived import daily_counts
from calls.derived.current_signals import recount_speaking, speaking_differences, wrong_speakers
from calls.derived.member_summaries import contact_differences, recount_contacts, wrong_contacts
from calls.log.services import lock
from campaigns.models import Campaign
from config.db import bulk
from markets.models import Contact, Workspace

AT_ONCE = 500
"""People whose campaigns wait together."""


def wrong_counts(workspace: Workspace) -> list[str]:
    """One sentence for each stored count that was not right at one moment. Nobody waits for it."""
    with bulk.at_one_moment():
        return daily_counts.differences(workspace)


def put_right(workspace: Workspace) -> list[str]:
    """Counts again what is not right and returns what that was. Only the calls of a campaign that is being looked at
    wait for it."""
    found = []
    for campaign in workspace.campaigns.order_by("pk"):
        with suppress(Campaign.DoesNotExist), transaction.atomic():  # a draft may be deleted meanwhile
            campaign = lock(campaign)
            if wrong := daily_counts.call_differences(workspace, campaign):
                daily_counts.rebuild_calls(workspace, campaign)
                found += wrong
    return found + _put_people_right(workspace)


def _put_people_right(workspace: Workspace) -> list[str]:
    found = [*contact_differences(workspace), *speaking_differences(workspace)]
    people = wrong_speakers(workspace) | {contact.pk for contact in wrong_contacts(workspace)} if found else set()
    for some in batched(sorted(people), AT_ONCE):
        with transaction.atomic():
            lock_campaigns(campaigns_of(*some))
            recount_speaking(contacts=some)
            recount_contacts(Contact.objects.filter(pk__in=some))
    return found
