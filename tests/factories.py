"""Rows for tests. Calls and status changes go through the domain, so that everything derived from them exists too."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from calls.ingest.undo import UndoReport
from calls.log.services import record
from calls.log.validation import NewCall
from calls.models import Call, Meeting
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import enroll
from campaigns.models import Campaign, CampaignContact, Status
from markets.contacts.normalization import fold
from markets.contacts.phones import to_e164
from markets.imports.files.uploads import receive
from markets.models import Contact, ImportJob, Market, MarketContact, Membership, Role, Suppression, User, Workspace
from markets.workspaces.invitations import create_user
from signals.capture.services import NewSignal, capture
from signals.models import Signal

PASSWORD = "correct horse battery"


class WorkspaceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Workspace

    name = factory.Sequence(lambda n: f"Firm {n}")
    slug = factory.Sequence(lambda n: f"firm-{n}")
    timezone = "America/New_York"
    phone_region = "US"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@portal.example")
    first_name = factory.Sequence(lambda n: f"User{n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return create_user(password=PASSWORD, **kwargs)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    workspace = factory.SubFactory(WorkspaceFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MANAGER


class MarketFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Market

    workspace = factory.SubFactory(WorkspaceFactory)
    practice_area = factory.Sequence(lambda n: f"Practice {n}")
    geography = "New York"


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    workspace = factory.SubFactory(WorkspaceFactory)
    full_name = factory.Sequence(lambda n: f"Person {n:04}")
    name_key = factory.LazyAttribute(lambda o: fold(o.full_name))
    email = factory.Sequence(lambda n: f"person{n}@people.example")
    phone = factory.Sequence(lambda n: f"(646) 555-{n % 10000:04}")  # no number that a test writes out
    phone_e164 = factory.LazyAttribute(lambda o: to_e164(o.phone, o.workspace.phone_region) if o.phone else "")


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    market = factory.SubFactory(MarketFactory)
    workspace = factory.SelfAttribute("market.workspace")
    name = factory.Sequence(lambda n: f"Campaign {n}")


class SuppressionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Suppression

    workspace = factory.SubFactory(WorkspaceFactory)
    reason = "Asked not to be called"


def member(campaign: Campaign, **fields) -> CampaignContact:
    """A new contact, in the campaign and its market."""
    contact = ContactFactory(workspace=campaign.workspace, **fields)
    return member_of(campaign, contact)


def make_it_noon(campaign: Campaign) -> None:
    """Makes it noon where its contacts are, on a day on which it calls: within calling hours whenever the test runs."""
    campaign.calls_on_weekends = True
    Campaign.objects.filter(pk=campaign.pk).update(calls_on_weekends=True)
    east = 12 - now().hour
    Contact.objects.filter(campaign_contacts__campaign=campaign).update(timezone=f"Etc/GMT{-east:+d}")


def member_of(campaign: Campaign, contact: Contact) -> CampaignContact:
    MarketContact.objects.get_or_create(workspace=campaign.workspace, market=campaign.market, contact=contact)
    enroll(campaign=campaign, contacts=[contact.pk], by=None)
    return campaign.members.get(contact=contact)


def active_campaign(people: int = 1, *, days_ago: int = 400, **fields) -> Campaign:
    """A campaign with `people` members that has been Active for `days_ago` days."""
    campaign = CampaignFactory(**fields)
    for _ in range(max(people, 1)):
        member(campaign)
    change_status(campaign=campaign, to=Status.ACTIVE, by=None, at=now() - timedelta(days=days_ago))
    return campaign


def completed_campaign(**fields) -> Campaign:
    """A campaign that was completed just now, with its frozen report. Its one member was called once."""
    campaign = active_campaign(**fields)
    call(campaign)
    change_status(campaign=campaign, to=Status.COMPLETED, by=None)
    return campaign


def call(campaign: Campaign, contact: Contact | None = None, **fields) -> Call:
    """One recorded call; by default No Answer, an hour ago, to the campaign's first member."""
    fields.setdefault("disposition", Disposition.NO_ANSWER)
    fields.setdefault("started_at", now() - timedelta(hours=1))
    if DISPOSITION_RULES[fields["disposition"]].needs_callback_time:
        fields.setdefault("callback_at", now() + timedelta(days=1))
    contact = contact or campaign.members.order_by("pk").first().contact
    return record(campaign=campaign, new=NewCall(contact=contact, **fields))


def booked(campaign: Campaign, *, at: timedelta | None = timedelta(hours=-1), **fields) -> Meeting:
    """A meeting with a new contact, booked by a call five days ago; `at` is relative to now, None is without a time."""
    made = call(
        campaign,
        member(campaign).contact,
        disposition=Disposition.MEETING_BOOKED,
        started_at=now() - timedelta(days=5),
        meeting_at=None if at is None else now() + at,
        **fields,
    )
    return Meeting.objects.select_related("call__campaign__workspace", "call__contact").get(call=made)


def calls(market: Market, *, campaign: str, made: int, conversations: int) -> Campaign:
    """An active campaign with `made` calls to one contact, `conversations` of which were conversations."""
    found = active_campaign(market=market, workspace=market.workspace, name=campaign)
    for n in range(made):
        disposition = Disposition.FUTURE_POTENTIAL if n < conversations else Disposition.NO_ANSWER
        call(found, disposition=disposition)
    return found


def signal(of_call: Call, type: str = "movement_state", value: str = "Exploring", **fields) -> Signal:
    (made,) = capture(call=of_call, signals=[NewSignal(type=type, value=value, **fields)], by=None)
    return made


def import_draft(
    workspace: Workspace, *lines: str, kind: str = "people", name: str = "people.csv", by=None
) -> ImportJob:
    """A draft import of an uploaded file with these lines."""
    uploaded = SimpleUploadedFile(name, "\n".join([*lines, ""]).encode())
    return receive(workspace=workspace, kind=kind, uploaded=uploaded, by=by)


def ended_import(
    workspace: Workspace, *, name: str = "people.csv", by=None, state: str = "completed", **counts
) -> ImportJob:
    """A finished import of people, without the rows that it would have written."""
    rows = sum(counts.get(each, 0) for each in ("created", "updated", "unchanged", "rejected"))
    return workspace.imports.create(
        kind="people",
        state=state,
        file_name=name,
        format_description="CSV, UTF-8, columns separated by ,",
        header=["Email"],
        options={"map": {"Email": "email"}},
        row_count=rows,
        checkpoint=rows,
        failure="Stopped by Ann; the rows before that are in." if state == "failed" else "",
        created_by=by,
        started_at=now(),
        finished_at=now(),
        undo_report=asdict(UndoReport(people=1)) if state == "undone" else None,
        **counts,
    )


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)
