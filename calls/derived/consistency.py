"""Compares all stored counts of a workspace with a recount, or corrects them, while calls go on."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import batched

from django.db import transaction

from calls.derived.callback_fulfilment import callback_differences, rebuild_callbacks
from calls.derived.daily_counts import day_differences, rebuild_days
from calls.derived.locks import campaigns_of, lock_campaign, lock_campaigns
from calls.derived.member_summaries import (
    contacts_with_wrong_number,
    member_differences,
    rebuild_members,
    refresh_wrong_numbers,
    wrong_number_differences,
)
from calls.derived.registry import registered
from campaigns.models import Campaign
from config.db.bulk import read_snapshot
from markets.models import Workspace

CONTACTS_PER_TRANSACTION = 500
"""Calls of all their campaigns wait for each transaction."""


def check(workspace: Workspace) -> list[str]:
    """One sentence for each stored count that differs from a recount at one moment. Blocks nobody."""
    with read_snapshot():
        return [*_contact_differences(workspace), *_campaign_differences(workspace)]


def rebuild(workspace: Workspace) -> list[str]:
    """Corrects stored counts and returns what was wrong. Blocks only calls of the campaign it is looking at."""
    differences = []
    for campaign in workspace.campaigns.order_by("pk"):
        with suppress(Campaign.DoesNotExist), transaction.atomic():  # somebody may delete a draft meanwhile
            campaign = lock_campaign(campaign)
            if wrong := _campaign_differences(workspace, campaign):
                _rebuild_campaigns(workspace, campaign)
                differences += wrong
    return differences + _rebuild_contacts(workspace)


def recount_all(workspace: Workspace) -> None:
    """Recounts everything without comparing first, in a transaction that holds the locks of all campaigns."""
    _refresh_contacts(workspace, _wrong_contacts(workspace))
    _rebuild_campaigns(workspace)


def _campaign_differences(workspace: Workspace, campaign: Campaign | None = None) -> list[str]:
    return [
        *member_differences(workspace, campaign),
        *callback_differences(workspace, campaign),
        *day_differences(workspace, campaign),
    ]


def _rebuild_campaigns(workspace: Workspace, campaign: Campaign | None = None) -> None:
    """Of one campaign or, by default, of all."""
    rebuild_members(workspace, campaign)
    rebuild_callbacks(workspace, campaign)
    rebuild_days(workspace, campaign)


def _contact_differences(workspace: Workspace) -> list[str]:
    differences = list(wrong_number_differences(workspace))
    for derived in registered():
        differences += derived.differences(workspace)
    return differences


def _rebuild_contacts(workspace: Workspace) -> list[str]:
    differences = _contact_differences(workspace)
    contacts = _wrong_contacts(workspace) if differences else set()
    for chunk in batched(sorted(contacts), CONTACTS_PER_TRANSACTION):
        with transaction.atomic():
            lock_campaigns(workspace.pk, campaigns_of(*chunk))
            _refresh_contacts(workspace, chunk)
    return differences


def _wrong_contacts(workspace: Workspace) -> set[int]:
    wrong = [derived.wrong_contacts(workspace) for derived in registered()]
    return contacts_with_wrong_number(workspace).union(*wrong)


def _refresh_contacts(workspace: Workspace, contacts: Iterable[int]) -> None:
    contacts = list(contacts)
    for derived in registered():
        derived.refresh(workspace.pk, contacts)
    refresh_wrong_numbers(workspace.pk, contacts)
