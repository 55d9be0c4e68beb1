"""Brings everything that follows from calls up to date, in the transaction that writes, changes or voids them."""

from collections.abc import Collection, Sequence
from datetime import date

from calls.derived.callback_fulfilment import refresh_callbacks
from calls.derived.daily_counts import refresh_days
from calls.derived.locks import campaigns_of
from calls.derived.member_summaries import add_calls_to_members, refresh_members, refresh_wrong_numbers
from calls.derived.registry import registered
from campaigns.models import Campaign
from markets.models import Contact


def refresh(
    *,
    campaign: Campaign,
    contacts: Collection[int],
    days: Collection[date] = (),
    emptied_days: Collection[date] = (),
) -> None:
    """After calls to these contacts were changed or voided. `days` are the days they are on now, `emptied_days` those
    that may have lost their last call. The transaction holds the campaign's lock."""
    if not contacts:
        return
    for derived in registered():
        derived.refresh(campaign.workspace_id, contacts)
    refresh_members(workspace=campaign.workspace_id, campaign=campaign.pk, contacts=contacts)
    refresh_callbacks(workspace=campaign.workspace_id, campaigns=[campaign.pk], contacts=contacts)
    refresh_wrong_numbers(campaign.workspace_id, contacts)
    refresh_days(workspace=campaign.workspace, campaign=campaign.pk, days=days, emptied_days=emptied_days)


def refresh_for_new_calls(
    *,
    campaign: Campaign,
    calls: Sequence[int],
    contacts: Collection[int],
    days: Collection[date],
    awaiting_callback: Collection[int],
    wrong_numbers: Collection[int],
) -> None:
    """After new calls (ids in ascending order, drawn under the campaign's lock). Of their contacts, those
    `awaiting_callback` were promised one, by an earlier call or by one of these, and those with `wrong_numbers` had a
    call that found the number to be wrong."""
    if not contacts:
        return
    workspace = campaign.workspace_id
    recounted = add_calls_to_members(workspace=workspace, campaign=campaign.pk, contacts=contacts, calls=calls)
    refresh_callbacks(workspace=workspace, campaigns=[campaign.pk], contacts={*awaiting_callback, *recounted})
    refresh_wrong_numbers(workspace, wrong_numbers)
    refresh_days(workspace=campaign.workspace, campaign=campaign.pk, days=days)


def refresh_contact(contact: Contact) -> None:
    """After calls or memberships of the contact were moved to it or erased, in any of its campaigns. Counts by day stay
    as they are, whoever the calls were made to."""
    workspace = contact.workspace_id
    refresh_members(workspace=workspace, contacts=[contact.pk])
    refresh_callbacks(workspace=workspace, campaigns=campaigns_of(contact), contacts=[contact.pk])
    for derived in registered():
        derived.refresh(workspace, [contact.pk])
    refresh_wrong_numbers(workspace, [contact.pk])
    contact.refresh_from_db(fields=["wrong_phone"])
