"""Half a year of a workspace, drawn at random: everything that conditions read happens, is corrected and taken back."""

import random
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import time_machine
from django.core.exceptions import ValidationError
from django.utils.timezone import now

from calls.log.meetings import MeetingConflict, MeetingRefused, change_meeting
from calls.log.services import amend, void
from calls.log.validation import CallRefused
from calls.models import Call, Direction
from calls.models.meetings import MeetingStatus
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.lifecycle.transitions import StatusConflict, TransitionIncomplete, change_status
from campaigns.membership import add_to_market, enroll, remove
from campaigns.models import Campaign, CampaignContact, Status
from markets.models import ImportedContact
from markets.models.off_limits import OffLimits
from markets.models.tags import ContactTag
from markets.suppressions.services import lift, suppress
from signals.capture.vocabulary import VALUES
from tests import factories

ZONE = ZoneInfo("America/New_York")
BEGIN = datetime(2026, 1, 5, 9, tzinfo=ZONE)
END = datetime(2026, 7, 1, 11, tzinfo=ZONE)
FIRMS = ("Baker LLP", "baker llp", "Élan Partners", "élan partners", "100% Law", "100x Law", "")
SENIORITIES = ("Partner", "Associate", "")
CITIES = ("New York", "Boston", "São Paulo", "")
CUSTOM = {
    "rank": (1, 2, 2.5, 40, "many"),
    "joined": ("2020-05-01", "2021-01-31", "2024-12-12", "soon"),
    "school": ("Yale", "yale", "École de Droit", "NYU_Law"),
    "range": ("A", "B"),
}
REFUSALS = (
    CallRefused,
    MeetingConflict,
    MeetingRefused,
    StatusConflict,
    TransitionIncomplete,
    ValidationError,
)


class History:
    """Builds the workspace. The same seed gives the same one."""

    def __init__(self, workspace, seed, *, people=22, steps=320):
        self.workspace, self.chance = workspace, random.Random(seed)
        with time_machine.travel(BEGIN, tick=False):
            self._set_up(people)
        happenings = {
            self.call: 45,
            self.hear: 12,
            self.void_call: 4,
            self.correct_call: 7,
            self.change_a_meeting: 6,
            self.enroll: 8,
            self.remove: 6,
            self.change_status: 3,
            self.tag: 4,
            self.untag: 1,
            self.suppress: 2,
            self.lift: 1,
            self.put_off_limits: 2,
            self.lift_off_limits: 1,
            self.plan_call: 2,
            self.place: 2,
        }
        moments = sorted(BEGIN + self.chance.random() * (END - BEGIN) for _ in range(steps))
        for moment in moments:
            (happens,) = self.chance.choices(list(happenings), list(happenings.values()))
            with time_machine.travel(moment, tick=False):
                try:
                    happens()
                except REFUSALS:
                    continue

    def pick(self, rows):
        """One of the rows, or a refusal if there is none."""
        found = list(rows)
        if not found:
            raise ValidationError("Nothing to choose from.")
        return self.chance.choice(found)

    def _set_up(self, people):
        workspace = self.workspace
        self.markets = [
            factories.MarketFactory(workspace=workspace, practice_area=area) for area in ("M&A", "Tax", "Funds")
        ]
        kinds = {"rank": "number", "joined": "date", "school": "text", "range": "choice"}
        for key, kind in kinds.items():
            workspace.custom_fields.create(key=key, name=key.title(), kind=kind, choices=["A", "B"])
        for number in range(people):
            with time_machine.travel(BEGIN + timedelta(days=0 if number < 14 else 9 * number), tick=False):
                self._create_person(number)
        self.campaigns = [
            factories.CampaignFactory(market=market, name=name)
            for market, name in zip(
                [self.markets[0], self.markets[0], self.markets[0], self.markets[1], self.markets[1]],
                ["Validation", "Follow-up", "Draft", "Coverage", "Later"],
                strict=True,
            )
        ]
        for campaign in self.campaigns:
            for _ in range(9):
                self.enroll(campaign)
        for campaign in [*self.campaigns[:2], self.campaigns[3]]:
            change_status(campaign=campaign, to=Status.ACTIVE, by=None)
        self.tags = [workspace.tags.create(name=name) for name in ("VIP", "Alumni")]
        self.imports = [factories.ended_import(workspace, name=name) for name in ("one.csv", "two.csv")]
        for job in self.imports:
            for line, contact in enumerate(self.chance.sample(list(workspace.contacts.order_by("pk")), 6)):
                outcome = self.chance.choice(ImportedContact.Outcome.values)
                flags = {"is_placed": False, "is_enrolled": False, "is_do_not_call": False}
                ImportedContact.objects.create(
                    workspace=workspace, job=job, contact=contact, line=line, outcome=outcome, field_mask=0, **flags
                )
        self._set_up_another_firm()

    def _create_person(self, number):
        chance = self.chance
        phones = {4: "+16465550101", 5: "+16465550101", 6: "", 7: ""}
        phone = phones.get(number, f"+1646555{1000 + number}")
        custom = {key: chance.choice(values) for key, values in CUSTOM.items() if chance.random() < 0.7}
        contact = factories.ContactFactory(
            workspace=self.workspace,
            full_name=f"{chance.choice(['Ann', 'Émile', 'Bob'])} Number {number}",
            firm=chance.choice(FIRMS),
            seniority=chance.choice(SENIORITIES),
            city=chance.choice(CITIES),
            email="" if number == 8 else f"person{number}@people.example",
            external_id=f"X{number}",
            phone=phone,
            custom=custom,
        )
        for market in self.markets[:2]:
            if chance.random() < 0.75:
                add_to_market(workspace_id=self.workspace.pk, market_id=market.pk, contacts=[contact.pk])

    def _set_up_another_firm(self):
        """The same people, numbers and words at another client, who have nothing to do with these."""
        campaign = factories.active_campaign(1, days_ago=1)
        twin = campaign.members.get().contact
        twin.phone_e164, twin.email, twin.firm = "+16465550101", "person1@people.example", "Baker LLP"
        twin.save()
        suppress(contact=twin, by=None, reason="Asked us")
        OffLimits.objects.create(workspace=campaign.workspace, firm="Baker LLP", reason="A client")
        made = factories.call(campaign, twin, disposition="future_potential")
        factories.signal(made)
        factories.call(campaign, twin, disposition="meeting_booked")

    def place(self):
        """Puts somebody into the market that has no campaign."""
        contact, market = self.pick(self.workspace.contacts.order_by("pk")), self.markets[2]
        add_to_market(workspace_id=self.workspace.pk, market_id=market.pk, contacts=[contact.pk])

    def enroll(self, campaign=None):
        campaign = campaign or self.pick(self.campaigns)
        contact = self.pick(self.workspace.contacts.filter(created_at__lte=now()).order_by("pk"))
        add_to_market(workspace_id=self.workspace.pk, market_id=campaign.market_id, contacts=[contact.pk])
        campaign.refresh_from_db()
        if campaign.status != Status.COMPLETED:
            enroll(campaign=campaign, contacts=[contact.pk], by=None)

    def remove(self):
        campaign = self.pick(Campaign.objects.filter(workspace=self.workspace).exclude(status=Status.COMPLETED))
        member = self.pick(campaign.members.current().order_by("pk"))
        remove(campaign=campaign, contacts=[member.contact_id], by=None, reason="Left")

    def change_status(self):
        """Campaigns pause and resume, and some complete late."""
        campaign = self.pick(self.campaigns)
        campaign.refresh_from_db()
        steps = {Status.DRAFT: Status.ACTIVE, Status.ACTIVE: Status.PAUSED, Status.PAUSED: Status.ACTIVE}
        to = steps.get(campaign.status, Status.ACTIVE)
        if now() > END - timedelta(days=60) and campaign.status != Status.DRAFT:
            to = Status.COMPLETED
        if campaign.name != "Draft":
            change_status(campaign=campaign, to=to, by=None, reason="As agreed")

    def call(self):
        members = CampaignContact.objects.filter(workspace=self.workspace, campaign__status=Status.ACTIVE)
        member = self.pick(members.select_related("campaign", "contact").order_by("pk"))
        started = now() - timedelta(minutes=self.chance.choice([1, 30, 300, 2000]))
        before = self.workspace.calls.filter(contact=member.contact_id).order_by("-pk").first()
        if before and self.chance.random() < 0.15:
            started = before.started_at
        directions = [Direction.OUTBOUND] * 5 + [Direction.INBOUND]
        fields = {"direction": self.chance.choice(directions), "started_at": started}
        weights = [8, 5, 2, 1, 4, 5, 5, 4, 1]
        (disposition,) = self.chance.choices(Disposition.values, weights)
        if disposition == Disposition.MEETING_BOOKED:
            fields["meeting_at"] = started + timedelta(days=3)
        factories.call(member.campaign, member.contact, disposition=disposition, **fields)

    def plan_call(self):
        member = self.pick(CampaignContact.objects.filter(workspace=self.workspace).order_by("pk"))
        whose = {"workspace": self.workspace, "campaign_id": member.campaign_id, "contact_id": member.contact_id}
        Call.objects.create(**whose, started_at=now(), disposition="")

    def newest_calls(self):
        """The calls of the last weeks, which are those that somebody corrects."""
        calls = self.workspace.calls.exclude(disposition="").filter(voided_at=None)
        return calls.select_related("campaign__workspace", "contact").order_by("-pk")[:40]

    def hear(self):
        called = self.pick(each for each in self.newest_calls() if each.is_conversation)
        type_ = self.chance.choice(list(VALUES)[:3])
        factories.signal(called, type=type_, value=self.chance.choice(VALUES[type_]))

    def void_call(self):
        void(call=self.pick(self.newest_calls()), by=None, reason="Wrong person")

    def correct_call(self):
        called = self.pick(self.newest_calls())
        disposition = self.chance.choice(Disposition.values)
        is_callback = DISPOSITION_RULES[disposition].needs_callback_time
        fields = self.chance.choice(
            [
                {"disposition": disposition, "callback_at": now() + timedelta(days=2) if is_callback else None},
                {"started_at": called.started_at - timedelta(minutes=self.chance.choice([5, 600]))},
                {"direction": self.chance.choice(Direction.values)},
            ]
        )
        amend(call=called, by=factories.UserFactory(), reason="Typed wrongly", **fields)

    def change_a_meeting(self):
        meeting = self.pick(self.workspace.meetings.select_related("call__campaign").order_by("pk"))
        statuses = [MeetingStatus.HELD, MeetingStatus.NO_SHOW, MeetingStatus.CANCELLED]
        change_meeting(meeting=meeting, to=self.chance.choice(statuses), by=None, reason="Moved")

    def tag(self):
        tag, contact = self.pick(self.tags), self.pick(self.workspace.contacts.order_by("pk"))
        ContactTag.objects.get_or_create(workspace=self.workspace, tag=tag, contact=contact)

    def untag(self):
        self.pick(ContactTag.objects.filter(workspace=self.workspace).order_by("pk")).delete()

    def suppress(self):
        scope = self.chance.choice(["person", "number"])
        suppress(contact=self.pick(self.workspace.contacts.order_by("pk")), by=None, reason="Asked us", scope=scope)

    def lift(self):
        lift(suppression=self.pick(self.workspace.suppressions.order_by("pk")), by=None, reason="A mistake")

    def put_off_limits(self):
        midnight = now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        expiry = self.chance.choice([None, midnight + timedelta(days=10), now() + timedelta(days=40)])
        whom = self.chance.choice([{"firm": "BAKER LLP"}, {"firm": "élan partners"}, {}])
        whom = whom or {"contact": self.pick(self.workspace.contacts.order_by("pk"))}
        OffLimits.objects.create(workspace=self.workspace, reason="A friend of the client", expires_at=expiry, **whom)

    def lift_off_limits(self):
        entry = self.pick(self.workspace.off_limits.filter(lifted_at=None).order_by("pk"))
        entry.lifted_at, entry.lift_reason = now(), "No longer"
        entry.save()


at_the_end = partial(time_machine.travel, END, tick=False)
"""Stops the clock when everything has happened."""
