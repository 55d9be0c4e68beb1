"""Writes the scenario to the database through the portal's own functions."""

from collections.abc import Callable
from datetime import timedelta

from calls.log.services import record_many, void
from calls.log.validation import CallRefused, NewCall
from calls.models import Direction, Meeting, MeetingChange
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import add_to_market, enroll, remove
from campaigns.models import Campaign, Kind, Status
from config.db import table_statistics
from markets.contacts.normalization import normalise
from markets.models import Contact, Market, Suppression
from signals.capture.services import capture_all
from signals.sample import texts
from signals.sample.backdating import backdate
from signals.sample.bulk import SEEDED_MODELS
from signals.sample.follow_ups import explain_follow_ups, turn_on_living_audience
from signals.sample.scenario import CampaignPlan, SampleCall, SamplePerson, Scenario
from signals.sample.setup.audiences import save_audiences
from signals.sample.setup.callers import assign_some
from signals.sample.setup.planning import write_plans
from signals.sample.setup.shared import share_some
from signals.sample.setup.suggestions import suggest_from_notes
from signals.sample.setup.teamwork import add_teamwork

Progress = Callable[[int], object]


class Writer:
    """Maps each object of the scenario to its row."""

    def __init__(self, scenario: Scenario, progress: Progress):
        self.scenario, self.rng, self.progress = scenario, scenario.rng, progress
        self.workspace, self.manager = scenario.workspace, scenario.staff.manager
        self.started_at = scenario.moment - timedelta(days=365)
        self.markets: list[Market] = []
        self.contacts: dict[SamplePerson, Contact] = {}
        self.campaigns: dict[CampaignPlan, Campaign] = {}

    def write(self) -> None:
        self.write_history()
        add_teamwork(self.scenario, list(self.contacts.values()))
        explain_follow_ups(self.workspace)
        turn_on_living_audience(self.workspace, self.manager)
        share_some(self.workspace, self.manager)
        save_audiences(self.workspace, self.manager)
        write_plans(self.workspace, by=self.manager)
        assign_some(list(self.campaigns.values()), self.scenario.staff.callers, self.manager)

    def write_history(self) -> None:
        """Markets, people, campaigns, calls and signals, without what a team sets up around them."""
        self._write_markets()
        for plan in self.scenario.plans:
            self._write_campaign(plan)
        for plan in self.scenario.plans:
            self._write_calls(plan)
            table_statistics.analyze(SEEDED_MODELS)  # else the signals of each campaign are compared with all others
            self.progress(len(plan.calls))
        self._set_meeting_outcomes()
        self._remove_some_members()
        self._repair_some_numbers()
        suggest_from_notes(self.workspace, self.scenario.moment)
        backdate(self.workspace, self.started_at)
        self._complete_campaigns()

    def _write_markets(self) -> None:
        people = self.scenario.people
        rows = Contact.objects.bulk_create(
            [
                Contact(
                    workspace=self.workspace,
                    created_at=self.started_at,
                    timezone=person.geography.timezone,
                    **normalise(person.fields, region=self.workspace.phone_region).fields,
                )
                for person in people
            ],
            batch_size=1000,
        )
        self.contacts = dict(zip(people, rows, strict=True))
        for number, profile in enumerate(self.scenario.markets):
            market = Market.objects.create(
                workspace=self.workspace,
                practice_area=profile.practice_area,
                geography=profile.geography.name,
                seniority=profile.seniority,
                firm_tier=profile.firm_tier,
                created_at=self.started_at,
                created_by=self.manager,
            )
            self.markets.append(market)
            ids = [self.contacts[person].pk for person in people if number in person.markets]
            add_to_market(workspace_id=self.workspace.pk, market_id=market.pk, contacts=ids)
        Suppression.objects.bulk_create(self._suppression(person) for person in people if person.suppressed_from)

    def _suppression(self, person: SamplePerson) -> Suppression:
        assert person.suppressed_from
        contact, since = self.contacts[person], person.suppressed_from
        named = {"phone_e164": contact.phone_e164} if person.suppressed_by == "phone" else {"email": contact.email}
        begin, _ = self.workspace.bounds(since, since)
        assert begin
        return Suppression(
            workspace=self.workspace,
            reason=self.rng.choice(texts.SUPPRESSIONS),
            created_at=begin,
            created_by=self.manager,
            **named,
        )

    def _write_campaign(self, plan: CampaignPlan) -> None:
        """Writes status changes before any call: a call needs a campaign that was Active when it started."""
        campaign = Campaign.objects.create(
            workspace=self.workspace,
            market=self.markets[plan.market],
            name=plan.name,
            kind=plan.kind,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            brief=plan.brief,
            owner=self.manager,
            calls_from=9 if plan.kind == Kind.FOLLOW_UP else 8,
            calls_until=18 if plan.kind == Kind.FOLLOW_UP else 21,
            follows=self.campaigns[plan.follows] if plan.follows else None,
            created_at=plan.created_at,
            created_by=self.manager,
        )
        self.campaigns[plan] = campaign
        ids = [self.contacts[member.person].pk for member in plan.members]
        enroll(campaign=campaign, contacts=ids, by=self.manager)
        for step in plan.steps:
            if step.to != Status.COMPLETED:
                change_status(campaign=campaign, to=step.to, by=self.manager, reason=step.reason, at=step.at)

    def _write_calls(self, plan: CampaignPlan) -> None:
        campaign = self.campaigns[plan]
        sample_calls = sorted(plan.calls, key=lambda sample_call: sample_call.started_at)
        results = record_many(campaign=campaign, new_calls=[self._new_call(each) for each in sample_calls])
        signals_by_call = []
        for sample_call, result in zip(sample_calls, results, strict=True):
            if isinstance(result, CallRefused):
                raise result
            if sample_call.signals:
                signals_by_call.append((result, sample_call.signals))
            if sample_call.void_reason:
                void(call=campaign.calls.get(pk=result), by=sample_call.caller, reason=sample_call.void_reason)
        capture_all(campaign=campaign, signals_by_call=signals_by_call)

    def _new_call(self, call: SampleCall) -> NewCall:
        return NewCall(
            contact=self.contacts[call.person],
            disposition=call.disposition,
            started_at=call.started_at,
            direction=Direction.INBOUND if call.is_inbound else Direction.OUTBOUND,
            talk_seconds=call.talk_seconds,
            notes=call.notes,
            caller=call.caller,
            callback_at=call.callback_at,
            meeting_at=call.meeting_at,
            recorded_at=call.started_at,
        )

    def _complete_campaigns(self) -> None:
        """Last, because a campaign's report is frozen with what is known when it is completed."""
        for plan, campaign in self.campaigns.items():
            for step in plan.steps:
                if step.to == Status.COMPLETED:
                    change_status(campaign=campaign, to=step.to, by=self.manager, reason=step.reason, at=step.at)

    def _set_meeting_outcomes(self) -> None:
        """Most past meetings were held; a few future ones are cancelled."""
        kinds, steps = Meeting.Status, []
        meetings = Meeting.objects.filter(workspace=self.workspace, scheduled_at__isnull=False).order_by("pk")
        for number, meeting in enumerate(meetings):
            assert meeting.scheduled_at
            past = (kinds.HELD, kinds.HELD, kinds.NO_SHOW, kinds.HELD, kinds.CANCELLED, kinds.HELD, kinds.HELD)
            coming = (kinds.SCHEDULED, kinds.SCHEDULED, kinds.SCHEDULED, kinds.CANCELLED)
            choices = past if meeting.scheduled_at < self.scenario.moment else coming
            to = choices[number % len(choices)]
            if to != kinds.SCHEDULED:
                steps.append(self._meeting_change(meeting, to))
            meeting.status = to
        Meeting.objects.bulk_update(meetings, ["status"], batch_size=500)
        MeetingChange.objects.bulk_create(steps, batch_size=500)

    def _meeting_change(self, meeting: Meeting, to: str) -> MeetingChange:
        """The outcome is recorded an hour after the meeting; a future meeting is cancelled at the present."""
        assert meeting.scheduled_at
        return MeetingChange(
            workspace=self.workspace,
            meeting=meeting,
            from_status=meeting.status,
            to_status=to,
            from_time=meeting.scheduled_at,
            to_time=meeting.scheduled_at,
            changed_at=min(meeting.scheduled_at + timedelta(hours=1), self.scenario.moment),
            changed_by=self.manager,
            reason="They called it off" if to == Meeting.Status.CANCELLED else "",
        )

    def _remove_some_members(self) -> None:
        """Removes one or two members from each of the first Active campaigns; their calls remain counted."""
        active = [plan for plan in self.scenario.plans if plan.status == Status.ACTIVE]
        for plan, reason in zip(active, texts.REMOVALS, strict=False):
            waiting = [m for m in plan.members if m.attempt_count > 1 and not m.is_closed and not m.callback_at]
            ids = [self.contacts[member.person].pk for member in waiting[: self.rng.randint(1, 2)]]
            remove(campaign=self.campaigns[plan], contacts=ids, by=self.manager, reason=reason)

    def _repair_some_numbers(self) -> None:
        """Replaces every third wrong number, so that the person can be called again."""
        wrong = [person for person in self.scenario.people if person.has_wrong_number and person.last_called_on]
        for person in wrong[::3]:
            number = self.scenario.phone_numbers.take(person.geography)
            if number:
                fields = normalise({**person.fields, "phone": number}, region=self.workspace.phone_region).fields
                Contact.objects.filter(pk=self.contacts[person].pk).update(
                    phone=fields["phone"], phone_e164=fields["phone_e164"]
                )
