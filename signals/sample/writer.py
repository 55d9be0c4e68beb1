"""Writes the story through the functions that the portal itself uses."""

from collections.abc import Callable
from datetime import timedelta

from calls.log.services import record_all, void
from calls.log.validation import CallRefused, NewCall
from calls.models import Direction, Meeting, MeetingChange
from campaigns.lifecycle import change_status
from campaigns.membership import enroll, place_in_market, remove
from campaigns.models import Campaign, Status
from markets.contacts.normalization import normalise
from markets.models import Contact, Market, Suppression
from signals.capture.services import capture_all
from signals.sample import texts
from signals.sample.backdating import date_back
from signals.sample.story import Attempt, Mission, Person, Story

Progress = Callable[[int], object]


class Writer:
    """Holds what is in the database by what it is in the story."""

    def __init__(self, story: Story, progress: Progress):
        self.story, self.rng, self.progress = story, story.rng, progress
        self.workspace, self.manager = story.workspace, story.staff.manager
        self.begun = story.moment - timedelta(days=365)
        self.markets: list[Market] = []
        self.contacts: dict[Person, Contact] = {}
        self.campaigns: dict[Mission, Campaign] = {}

    def write(self) -> None:
        self._write_landscapes()
        for mission in self.story.missions:
            self._write_campaign(mission)
        for mission in self.story.missions:
            self._write_calls(mission)
            self.progress(len(mission.attempts))
        self._settle_meetings()
        self._take_some_out()
        self._repair_some_numbers()
        date_back(self.workspace, self.begun)

    def _write_landscapes(self) -> None:
        people = self.story.people
        rows = Contact.objects.bulk_create(
            [
                Contact(
                    workspace=self.workspace,
                    created_at=self.begun,
                    timezone=person.place.timezone,
                    **normalise(person.typed, region=self.workspace.phone_region),
                )
                for person in people
            ],
            batch_size=1000,
        )
        self.contacts = dict(zip(people, rows, strict=True))
        for number, landscape in enumerate(self.story.landscapes):
            market = Market.objects.create(
                workspace=self.workspace,
                practice_area=landscape.practice_area,
                geography=landscape.place.name,
                seniority=landscape.seniority,
                firm_tier=landscape.firm_tier,
                created_at=self.begun,
                created_by=self.manager,
            )
            self.markets.append(market)
            ids = [self.contacts[person].pk for person in people if number in person.markets]
            place_in_market(workspace_id=self.workspace.pk, market_id=market.pk, contacts=ids)
        Suppression.objects.bulk_create(self._suppression(person) for person in people if person.barred_from)

    def _suppression(self, person: Person) -> Suppression:
        assert person.barred_from
        contact, since = self.contacts[person], person.barred_from
        named = {"phone_e164": contact.phone_e164} if person.barred_by == "phone" else {"email": contact.email}
        begin, _ = self.workspace.bounds(since, since)
        assert begin
        return Suppression(
            workspace=self.workspace,
            reason=self.rng.choice(texts.SUPPRESSIONS),
            created_at=begin,
            created_by=self.manager,
            **named,
        )

    def _write_campaign(self, mission: Mission) -> None:
        """Its whole history goes first: a call is kept only when the campaign was Active at its start."""
        campaign = Campaign.objects.create(
            workspace=self.workspace,
            market=self.markets[mission.market],
            name=mission.name,
            kind=mission.kind,
            starts_on=mission.starts_on,
            ends_on=mission.ends_on,
            brief=mission.brief,
            owner=self.manager,
            follows=self.campaigns[mission.follows] if mission.follows else None,
            created_at=mission.created_at,
            created_by=self.manager,
        )
        self.campaigns[mission] = campaign
        ids = [self.contacts[member.person].pk for member in mission.members]
        enroll(campaign=campaign, contacts=ids, by=self.manager)
        for step in mission.steps:
            change_status(campaign=campaign, to=step.to, by=self.manager, reason=step.reason, at=step.at)

    def _write_calls(self, mission: Mission) -> None:
        campaign = self.campaigns[mission]
        attempts = sorted(mission.attempts, key=lambda attempt: attempt.started_at)
        made = record_all(campaign=campaign, new_calls=[self._new_call(attempt) for attempt in attempts])
        heard = []
        for attempt, call in zip(attempts, made, strict=True):
            if isinstance(call, CallRefused):
                raise call
            if attempt.heard:
                heard.append((call, attempt.heard))
            if attempt.void_reason:
                void(call=campaign.calls.get(pk=call), by=attempt.caller, reason=attempt.void_reason)
        capture_all(campaign=campaign, signals_by_call=heard)

    def _new_call(self, attempt: Attempt) -> NewCall:
        return NewCall(
            contact=self.contacts[attempt.person],
            disposition=attempt.disposition,
            started_at=attempt.started_at,
            direction=Direction.INBOUND if attempt.is_inbound else Direction.OUTBOUND,
            talk_seconds=attempt.talk_seconds,
            notes=attempt.notes,
            caller=attempt.caller,
            callback_at=attempt.callback_at,
            meeting_at=attempt.meeting_at,
            recorded_at=attempt.started_at,
        )

    def _settle_meetings(self) -> None:
        """Most past meetings took place; a few coming ones are called off."""
        kinds, steps = Meeting.Status, []
        meetings = Meeting.objects.filter(workspace=self.workspace, scheduled_at__isnull=False).order_by("pk")
        for number, meeting in enumerate(meetings):
            assert meeting.scheduled_at
            past = (kinds.HELD, kinds.HELD, kinds.NO_SHOW, kinds.HELD, kinds.CANCELLED, kinds.HELD, kinds.HELD)
            coming = (kinds.SCHEDULED, kinds.SCHEDULED, kinds.SCHEDULED, kinds.CANCELLED)
            choices = past if meeting.scheduled_at < self.story.moment else coming
            to = choices[number % len(choices)]
            if to != kinds.SCHEDULED:
                steps.append(self._settled(meeting, to))
            meeting.status = to
        Meeting.objects.bulk_update(meetings, ["status"], batch_size=500)
        MeetingChange.objects.bulk_create(steps, batch_size=500)

    def _settled(self, meeting: Meeting, to: str) -> MeetingChange:
        """What came of a meeting is written down an hour after its time; one to come was called off by now."""
        assert meeting.scheduled_at
        return MeetingChange(
            workspace=self.workspace,
            meeting=meeting,
            from_status=meeting.status,
            to_status=to,
            from_time=meeting.scheduled_at,
            to_time=meeting.scheduled_at,
            changed_at=min(meeting.scheduled_at + timedelta(hours=1), self.story.moment),
            changed_by=self.manager,
            reason="They called it off" if to == Meeting.Status.CANCELLED else "",
        )

    def _take_some_out(self) -> None:
        """One or two people leave each of the first campaigns that are Active; their calls stay counted."""
        active = [mission for mission in self.story.missions if mission.status == Status.ACTIVE]
        for mission, reason in zip(active, texts.REMOVALS, strict=False):
            waiting = [m for m in mission.members if m.attempts > 1 and not m.is_closed and not m.callback_at]
            ids = [self.contacts[member.person].pk for member in waiting[: self.rng.randint(1, 2)]]
            remove(campaign=self.campaigns[mission], contacts=ids, by=self.manager, reason=reason)

    def _repair_some_numbers(self) -> None:
        """Every third wrong number of the past was repaired: the person can be called again."""
        wrong = [person for person in self.story.people if person.has_wrong_number and person.last_called]
        for person in wrong[::3]:
            number = self.story.numbers.take(person.place)
            if number:
                typed = normalise({**person.typed, "phone": number}, region=self.workspace.phone_region)
                Contact.objects.filter(pk=self.contacts[person].pk).update(
                    phone=typed["phone"], phone_e164=typed["phone_e164"]
                )
