"""Adds many people to a campaign, or removes them. campaigns.callers.assignment assigns them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from campaigns.bulk.records import (
    MEMBER,
    NO_MEMBER,
    OFF_LIMITS,
    OUTSIDE,
    SUPPRESSED,
    Candidates,
    begin,
    finish,
    of_person,
)
from campaigns.membership import enroll, lock_unless_completed, remove
from campaigns.models import Absence, BulkAction, BulkActionPerson, Campaign, CampaignContact
from markets.models import MarketContact, User
from markets.models.off_limits import is_off_limits
from markets.models.suppressions import is_suppressed
from markets.suppressions.rules import apply_suppression_rules


@transaction.atomic
def add_people(*, campaign: Campaign, contacts: Collection[int], by: User | None) -> BulkAction:
    """Adds people of the campaign's market, except those whom nobody may call. Raises CampaignClosed."""
    lock_unless_completed(campaign)
    chosen = _begin(campaign, BulkAction.Kind.ADD, contacts, by)
    chosen.skip(OUTSIDE, ~Exists(of_person(MarketContact.objects.filter(market=campaign.market_id))))
    chosen.skip(MEMBER, Exists(_current(campaign)))
    chosen.skip(SUPPRESSED, is_suppressed("contact__"))
    chosen.skip(OFF_LIMITS, is_off_limits("contact__"))
    enroll(campaign=campaign, contacts=chosen.ids(), by=by, moment=chosen.action.done_at)
    return finish(chosen, "Added {}")


@transaction.atomic
def record_added(*, campaign: Campaign, contacts: Collection[int], by: User | None, moment: datetime) -> BulkAction:
    """The action for people whom `enroll` has added at the moment."""
    chosen = _begin(campaign, BulkAction.Kind.ADD, contacts, by)
    chosen.action.done_at = moment
    chosen.action.save(update_fields=["done_at"])
    return finish(chosen, "Added {}")


@transaction.atomic
def remove_people(*, campaign: Campaign, contacts: Collection[int], by: User | None, reason: str) -> BulkAction:
    """Raises CampaignClosed."""
    lock_unless_completed(campaign)
    chosen = _begin(campaign, BulkAction.Kind.REMOVE, contacts, by)
    chosen.skip(NO_MEMBER, ~Exists(_current(campaign)))
    people = chosen.people.values("contact")
    remove(campaign=campaign, contacts=people, by=by, reason=reason, moment=chosen.action.done_at)
    return finish(chosen, "Removed {}")


def _begin(campaign: Campaign, kind: BulkAction.Kind, contacts: Collection[int], by: User | None) -> Candidates:
    return begin(workspace=campaign.workspace, kind=kind, contacts=contacts, by=by, campaign=campaign)


def _current(campaign: Campaign) -> QuerySet[CampaignContact]:
    return of_person(CampaignContact.objects.current().filter(campaign=campaign))


def take_out_again(campaign: Campaign, action: BulkAction) -> int:
    """Deletes the new members, and removes those who came back as they had been removed before: unless somebody called,
    assigned or opened them since."""
    of_action = campaign.members.current().filter(contact__in=action.people.values("contact"))
    calls = campaign.calls.filter(contact=OuterRef("contact"))
    unused = of_action.filter(assigned_to=None, leased_by=None)
    added = unused.filter(~Exists(calls), added_at=action.done_at)
    count = added.delete()[0]
    absences = Absence.objects.filter(workspace=action.workspace_id, campaign=campaign, returned_at=action.done_at)
    here = absences.filter(contact=OuterRef("contact"))
    returned = unused.filter(Exists(here), ~Exists(calls.filter(recorded_at__gte=action.done_at)))
    contacts = list(returned.values_list("contact", flat=True))
    fields = ("removed_at", "removed_by", "removed_reason")
    returned.update(**{name: Subquery(here.values(name)[:1]) for name in fields})
    absences.filter(contact__in=contacts).delete()
    return count + len(contacts)


def bring_back(campaign: Campaign, action: BulkAction) -> int:
    members = campaign.members.filter(contact__in=action.people.values("contact"), removed_at=action.done_at)
    contacts = list(members.values_list("contact", flat=True))
    members.update(removed_at=None, removed_by=None, removed_reason="")
    apply_suppression_rules(workspace=action.workspace_id, contacts=contacts)
    return len(contacts)


def give_back(campaign: Campaign, action: BulkAction) -> int:
    """Makes people theirs again who had them, if they are still whose the action made them."""
    here = BulkActionPerson.objects.filter(workspace=action.workspace_id, action=action, contact=OuterRef("contact"))
    is_still = Exists(here.filter(user_after=OuterRef("assigned_to")))
    is_still_nobodys = Exists(here.filter(user_after=None))
    unchanged = campaign.members.current().filter(Q(is_still) | Q(is_still_nobodys, assigned_to=None))
    return unchanged.update(assigned_to=Subquery(here.values("user_before")[:1]))
