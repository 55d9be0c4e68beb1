"""Completed campaigns whose people are in every situation that a follow-up asks about."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import now

from campaigns.dispositions import Disposition
from campaigns.follow_up import LeftOut
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import remove
from campaigns.models import Campaign, Status
from markets.models import Contact
from tests.factories import CampaignFactory, SuppressionFactory, active_campaign, call, member, member_of, signal


@dataclass(frozen=True)
class Person:
    """What is so of a person of a source."""

    do_not_call: bool = False
    off_limits: bool = False
    number: bool = False
    running: bool = False
    called: bool = False
    interested: bool = True

    def left_out(self, ignored=()) -> str:
        """The first reason that applies, by plain Python; empty if the person fits."""
        applies = {reason: getattr(self, reason) for reason in LeftOut if reason != LeftOut.INTEREST}
        applies[LeftOut.INTEREST] = not self.interested
        return next((reason for reason in LeftOut if applies[reason] and reason not in ignored), "")


def source(market, *people: Person, name="Market validation", by_signal=False) -> tuple[Campaign, list[Contact]]:
    """A completed campaign with these people, and the running campaign that some of them are in."""
    campaign = CampaignFactory(market=market, name=name)
    elsewhere = active_campaign(market=market, name=f"Running beside {name}")
    contacts = [add(campaign, elsewhere, person) for person in people]
    member(campaign)  # callable, so that the campaign can start
    change_status(campaign=campaign, to=Status.ACTIVE, by=None, at=now() - timedelta(days=400))
    for contact, person in zip(contacts, people, strict=True):
        call_them(campaign, contact, person, by_signal=by_signal)
    extra = campaign.members.order_by("-pk").first()
    remove(campaign=campaign, contacts=[extra.contact_id], by=None, reason="Only there to start it")
    change_status(campaign=campaign, to=Status.COMPLETED, by=None, reason="Done")
    for contact, person in zip(contacts, people, strict=True):
        if person.do_not_call:
            SuppressionFactory(workspace=market.workspace, contact=contact)
        if person.off_limits:
            market.workspace.off_limits.create(contact=contact, reason="A client")
        if person.number:
            Contact.objects.filter(pk=contact.pk).update(phone="n/a", phone_e164="", phone_problem="unreadable")
    return campaign, contacts


def add(campaign: Campaign, elsewhere: Campaign, person: Person) -> Contact:
    contact = member(campaign).contact
    if person.running:
        member_of(elsewhere, contact)
    return contact


def call_them(campaign: Campaign, contact: Contact, person: Person, *, by_signal: bool = False) -> None:
    long_ago, lately = now() - timedelta(days=60), now() - timedelta(days=3)
    if person.interested and not by_signal:
        call(campaign, contact, disposition=Disposition.FUTURE_POTENTIAL, started_at=long_ago)
    elif person.interested:
        signal(call(campaign, contact, disposition=Disposition.NOT_INTERESTED, started_at=long_ago))
    else:
        call(campaign, contact, disposition=Disposition.NOT_INTERESTED, started_at=long_ago)
    if person.called:
        call(campaign, contact, disposition=Disposition.NO_ANSWER, started_at=lately)
