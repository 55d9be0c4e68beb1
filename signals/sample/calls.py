"""Simulates the year of calls: day by day, each campaign's quota of calls and their outcomes."""

import heapq
from datetime import date, datetime, time, timedelta
from itertools import count

from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.models import Kind, Status
from markets.models import User
from signals.sample import texts
from signals.sample.scenario import (
    EARLIER_PACE,
    RECENT_COLD_CONVERSATIONS,
    CampaignPlan,
    SampleCall,
    SampleMember,
    SamplePerson,
    Scenario,
)
from signals.sample.signals import draw_signals

Weights = dict[Disposition, float]

MAX_ATTEMPTS = 6
ODDS_BY_ATTEMPT = (1.3, 1.1, 0.8, 0.6, 0.45, 0.35)
"""Of a conversation: whoever did not answer twice is less likely to answer the third time."""
ODDS_BY_HOUR = {9: 0.8, 10: 1.4, 11: 1.2, 12: 0.6, 14: 0.8, 15: 0.9, 16: 1.3, 17: 0.9}
COLD_CALL_OUTCOMES: Weights = {
    Disposition.NO_ANSWER: 28,
    Disposition.VOICEMAIL: 28,
    Disposition.GATEKEEPER: 8,
    Disposition.INCORRECT_NUMBER: 1.5,
    Disposition.NOT_INTERESTED: 12,
    Disposition.CALLBACK_REQUESTED: 8,
    Disposition.FUTURE_POTENTIAL: 10,
    Disposition.MEETING_BOOKED: 3,
    Disposition.DO_NOT_CONTACT: 1.5,
}
CALLBACK_OUTCOMES: Weights = {
    Disposition.NO_ANSWER: 26,
    Disposition.VOICEMAIL: 22,
    Disposition.GATEKEEPER: 4,
    Disposition.NOT_INTERESTED: 10,
    Disposition.CALLBACK_REQUESTED: 8,
    Disposition.FUTURE_POTENTIAL: 22,
    Disposition.MEETING_BOOKED: 8,
}
INBOUND_OUTCOMES: Weights = {
    Disposition.NOT_INTERESTED: 4,
    Disposition.CALLBACK_REQUESTED: 2,
    Disposition.FUTURE_POTENTIAL: 6,
    Disposition.MEETING_BOOKED: 1,
}
TALK_SECONDS = {
    Disposition.NO_ANSWER: (0, 0),
    Disposition.VOICEMAIL: (14, 48),
    Disposition.GATEKEEPER: (25, 130),
    Disposition.INCORRECT_NUMBER: (8, 45),
    Disposition.NOT_INTERESTED: (35, 260),
    Disposition.CALLBACK_REQUESTED: (40, 190),
    Disposition.FUTURE_POTENTIAL: (240, 1320),
    Disposition.MEETING_BOOKED: (420, 1860),
    Disposition.DO_NOT_CONTACT: (12, 90),
}
RING_BACK_RATE = 0.035
MISLOGGED_RATE = 0.0025
OPEN_CALLBACK_AGE = timedelta(days=16)
"""Callbacks requested within this time stay open: overdue, due today or due soon."""
LONGEST_TALK = timedelta(minutes=40)
"""No call starts within this time before the present, so that every call has ended."""
MAX_CALLS_PER_MEMBER = 2.9
OPEN_DOORS = (
    Disposition.FUTURE_POTENTIAL,
    Disposition.CALLBACK_REQUESTED,
    Disposition.NO_ANSWER,
    Disposition.VOICEMAIL,
    Disposition.GATEKEEPER,
)


def simulate_calls(scenario: Scenario) -> None:
    simulations = [CampaignSimulation(scenario, plan) for plan in scenario.plans]
    start_days = [plan.starts_on for plan in scenario.plans if plan.starts_on]
    for day in _days(min(start_days, default=scenario.today), scenario.today):
        busy_slots: set[tuple[int, datetime]] = set()
        for simulation in simulations:
            if simulation.plan.starts_on == day:
                simulation.select_members()
            if simulation.days_left and simulation.days_left[-1] == day:
                simulation.simulate_day(day, busy_slots)
    for simulation in simulations:
        if simulation.plan.starts_on is None:
            simulation.select_members()


class CampaignSimulation:
    """The calls of one campaign, with queues of members due for a callback, for a retry and not yet called."""

    def __init__(self, scenario: Scenario, plan: CampaignPlan):
        self.scenario, self.plan, self.rng = scenario, plan, scenario.rng
        self.target = plan.share * scenario.size.calls
        self.days_left = plan.days[::-1]
        self.quota = 0.0
        self.uncalled: list[SampleMember] = []
        self.retries: list[tuple[date, int, SampleMember]] = []
        self.callbacks: list[tuple[date, int, SampleMember]] = []
        self.tie_breaker = count()

    def select_members(self) -> None:
        plan, followed = self.plan, self.plan.follows
        pool = (
            [member.person for member in followed.members if member.last_disposition in OPEN_DOORS] if followed else []
        )
        pool = pool or [person for person in self.scenario.people if plan.market in person.markets]
        pool = [person for person in pool if not person.is_do_not_contact]
        wanted = max(3, round(self.target / plan.calls_per_member))
        plan.members = [SampleMember(person) for person in self.rng.sample(pool, min(wanted, len(pool)))]
        self.target = min(self.target, len(plan.members) * MAX_CALLS_PER_MEMBER)
        self.uncalled = plan.members[::-1]

    def simulate_day(self, day: date, busy_slots: set[tuple[int, datetime]]) -> None:
        """Makes all callbacks due, even beyond the quota, then fills it with retries and members not yet called."""
        missing = max(self.target - len(self.plan.calls), 0)
        self.quota += missing / len(self.days_left) * self.rng.uniform(0.5, 1.5) * self._pace(day)
        self.days_left.pop()
        while member := self._next_due(self.callbacks, day):
            self._call(member, day, busy_slots)
            self.quota -= 1
        while self.quota >= 1 and (member := self._next_due(self.retries, day) or self._next_uncalled(day)):
            self._call(member, day, busy_slots)
            self.quota -= 1

    def _pace(self, day: date) -> float:
        return 1 if self.scenario.is_recent(day) else EARLIER_PACE.get(self.plan.market, 1)

    def _next_due(self, queue: list[tuple[date, int, SampleMember]], day: date) -> SampleMember | None:
        while queue and queue[0][0] <= day:
            member = heapq.heappop(queue)[-1]
            if not member.is_closed and member.person.can_be_called(day):
                if member.person.last_called_on != day:
                    return member
                self._schedule(queue, day + timedelta(days=1), member)
        return None

    def _next_uncalled(self, day: date) -> SampleMember | None:
        while self.uncalled:
            member = self.uncalled.pop()
            if not member.person.can_be_called(day):
                continue
            if member.person.last_called_on != day:
                return member
            self._schedule(self.retries, day + timedelta(days=1), member)
        return None

    def _schedule(self, queue: list[tuple[date, int, SampleMember]], day: date, member: SampleMember) -> None:
        heapq.heappush(queue, (day, next(self.tie_breaker), member))

    def _call(self, member: SampleMember, day: date, busy_slots: set[tuple[int, datetime]]) -> None:
        caller = self.plan.caller
        if self.rng.random() < 0.2:
            caller = self.rng.randrange(len(self.scenario.staff.callers))
        started = self._start(member, day, caller, busy_slots)
        if started > self.scenario.moment - LONGEST_TALK:
            return
        member.person.last_called_on = day
        member.attempt_count += 1
        disposition = self._outcome(member, started)
        call = self._add_call(member, started, disposition, self.scenario.staff.callers[caller])
        if disposition in (Disposition.NO_ANSWER, Disposition.VOICEMAIL) and self.rng.random() < MISLOGGED_RATE:
            self._add_mislogged_copy(call)
        if disposition == Disposition.VOICEMAIL and self.rng.random() < RING_BACK_RATE:
            self._ring_back(member, call)
        self._plan_next(member, day)

    def _start(self, member: SampleMember, day: date, caller: int, busy_slots: set[tuple[int, datetime]]) -> datetime:
        """A time in the person's office hours at which, if possible, the caller is not on another call."""
        person, callback_at = member.person, member.callback_at
        if callback_at and callback_at.astimezone(person.zone).date() == day:
            return callback_at + timedelta(seconds=self.rng.randint(10, 400))
        for _ in range(6):
            started = _local(
                person, day, self.rng.choice((9, 10, 10, 11, 11, 12, 14, 14, 15, 15, 16, 17)), self.rng.randrange(60)
            )
            slot = started.replace(minute=started.minute // 10 * 10, second=0)
            if (caller, slot) not in busy_slots:
                break
        busy_slots.add((caller, slot))
        return started + timedelta(seconds=self.rng.randrange(60))

    def _outcome(self, member: SampleMember, started: datetime) -> str:
        if not self.plan.conversations and len(self.plan.calls) >= 2:
            return Disposition.FUTURE_POTENTIAL
        table = CALLBACK_OUTCOMES if member.callback_at else COLD_CALL_OUTCOMES
        odds = self.plan.conversation_factor * ODDS_BY_HOUR.get(started.astimezone(member.person.zone).hour, 1)
        if not member.callback_at:
            odds *= ODDS_BY_ATTEMPT[min(member.attempt_count, MAX_ATTEMPTS) - 1]
        if self.scenario.is_recent(started) and self.plan.kind != Kind.FOLLOW_UP:
            odds *= RECENT_COLD_CONVERSATIONS.get(self.plan.market, 1)
        return self._draw(table, odds, allow_callback=member.attempt_count <= MAX_ATTEMPTS)

    def _draw(self, table: Weights, conversation_factor: float, *, allow_callback: bool) -> str:
        weights = [
            weight * (conversation_factor if DISPOSITION_RULES[disposition].is_conversation else 1)
            if allow_callback or not DISPOSITION_RULES[disposition].needs_callback_time
            else 0
            for disposition, weight in table.items()
        ]
        return self.rng.choices(list(table), weights)[0]

    def _add_call(
        self, member: SampleMember, started: datetime, disposition: str, caller: User, *, is_inbound: bool = False
    ) -> SampleCall:
        """Adds a call and applies its outcome to the member and the person."""
        rule, person = DISPOSITION_RULES[disposition], member.person
        call = SampleCall(
            person=person,
            started_at=started,
            disposition=disposition,
            caller=caller,
            talk_seconds=self.rng.randint(*TALK_SECONDS[Disposition(disposition)]),
            notes=self.rng.choice(texts.NOTES[disposition]),
            is_inbound=is_inbound,
        )
        member.last_disposition = disposition
        member.is_closed = member.is_closed or rule.closes
        person.has_wrong_number = person.has_wrong_number or rule.makes_number_wrong
        person.is_do_not_contact = person.is_do_not_contact or rule.suppresses
        member.callback_at = self._callback_time(member, started) if rule.needs_callback_time else None
        call.callback_at = member.callback_at
        if rule.books_meeting:
            call.meeting_at = self._meeting_time(person, started)
        if rule.is_conversation:
            call.signals = draw_signals(self.scenario, self.plan, person, disposition, started.date())
            self.plan.conversations += 1
        self.plan.calls.append(call)
        return call

    def _callback_time(self, member: SampleMember, started: datetime) -> datetime:
        """Recent requests that stay open are, in turn, overdue, due today and due in the next days."""
        person, day = member.person, started.astimezone(member.person.zone).date()
        hour, minute, today = self.rng.randint(9, 17), self.rng.randrange(0, 60, 5), self.scenario.today
        if not self._stays_open(started):
            return _local(person, _workday(day + timedelta(days=self.rng.randint(1, 12))), hour, minute)
        overdue = max(today - timedelta(days=self.rng.randint(1, 3)), day + timedelta(days=1))
        soon = _workday(today + timedelta(days=self.rng.randint(1, 6)))
        due = (overdue, today, soon)[next(self.scenario.round_robin) % 3]
        return _local(person, due if due > day else _workday(day + timedelta(days=2)), hour, minute)

    def _stays_open(self, requested_at: datetime) -> bool:
        return self.plan.status == Status.ACTIVE and requested_at >= self.scenario.moment - OPEN_CALLBACK_AGE

    def _meeting_time(self, person: SamplePerson, started: datetime) -> datetime | None:
        if started > self.scenario.moment - timedelta(days=20) and self.rng.random() < 0.35:
            return None
        day = _workday(started.date() + timedelta(days=self.rng.randint(3, 25)))
        return _local(person, day, self.rng.choice((9, 10, 11, 13, 14, 16, 17)), self.rng.choice((0, 0, 30)))

    def _add_mislogged_copy(self, call: SampleCall) -> None:
        """Adds the same call again, to be voided."""
        copy = {**vars(call), "started_at": call.started_at + timedelta(minutes=1)}
        self.plan.calls.append(SampleCall(**{**copy, "void_reason": self.rng.choice(texts.VOIDS)}))

    def _ring_back(self, member: SampleMember, voicemail: SampleCall) -> None:
        started = voicemail.started_at + timedelta(minutes=self.rng.randint(15, 55))
        if started < self.scenario.moment - LONGEST_TALK:
            outcome = self._draw(INBOUND_OUTCOMES, 1, allow_callback=True)
            self._add_call(member, started, outcome, voicemail.caller, is_inbound=True)

    def _plan_next(self, member: SampleMember, day: date) -> None:
        if member.is_closed or not member.person.can_be_called(day):
            return
        if member.callback_at:
            if not self._stays_open(self.plan.calls[-1].started_at):
                self._schedule(self.callbacks, member.callback_at.astimezone(member.person.zone).date(), member)
        elif member.attempt_count < MAX_ATTEMPTS:
            self._schedule(self.retries, day + timedelta(days=self.rng.randint(2, 12)), member)


def _days(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def _workday(day: date) -> date:
    return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() >= 5 else 0)


def _local(person: SamplePerson, day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=person.zone)
