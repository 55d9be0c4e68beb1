"""The year of calls: day by day, each mission's quota of calls, and what each came to."""

import heapq
from datetime import date, datetime, time, timedelta
from itertools import count

from campaigns.dispositions import MEANINGS, Disposition
from campaigns.models import Status
from markets.models import User
from signals.sample import texts
from signals.sample.heard_signals import listen
from signals.sample.story import Attempt, Member, Mission, Person, Story

Weights = dict[Disposition, float]

MOST_ATTEMPTS = 6
ON_A_COLD_CALL: Weights = {
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
ON_A_CALLBACK: Weights = {
    Disposition.NO_ANSWER: 26,
    Disposition.VOICEMAIL: 22,
    Disposition.GATEKEEPER: 4,
    Disposition.NOT_INTERESTED: 10,
    Disposition.CALLBACK_REQUESTED: 8,
    Disposition.FUTURE_POTENTIAL: 22,
    Disposition.MEETING_BOOKED: 8,
}
WHEN_THEY_RING_BACK: Weights = {
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
RINGS_BACK = 0.035
LOGGED_WRONGLY = 0.0025
LATELY = timedelta(days=16)
"""Callbacks asked for this long ago or less are still open: overdue, due today, or due soon."""
LONGEST_TALK = timedelta(minutes=40)
"""No call begins so shortly before the present that it would not be over."""
CALLS_BEFORE_TIRED = 2.9
OPEN_DOORS = (
    Disposition.FUTURE_POTENTIAL,
    Disposition.CALLBACK_REQUESTED,
    Disposition.NO_ANSWER,
    Disposition.VOICEMAIL,
    Disposition.GATEKEEPER,
)


def make_calls(story: Story) -> None:
    desks = [Desk(story, mission) for mission in story.missions]
    begun = [mission.starts_on for mission in story.missions if mission.starts_on]
    for day in _days(min(begun, default=story.today), story.today):
        busy: set[tuple[int, datetime]] = set()
        for desk in desks:
            if desk.mission.starts_on == day:
                desk.choose_members()
            if desk.days_left and desk.days_left[-1] == day:
                desk.work(day, busy)
    for desk in desks:
        if desk.mission.starts_on is None:
            desk.choose_members()


class Desk:
    """One mission's queue."""

    def __init__(self, story: Story, mission: Mission):
        self.story, self.mission, self.rng = story, mission, story.rng
        self.target = mission.share * story.size.calls
        self.days_left = mission.days[::-1]
        self.carry = 0.0
        self.fresh: list[Member] = []
        self.retries: list[tuple[date, int, Member]] = []
        self.promised: list[tuple[date, int, Member]] = []
        self.serial = count()

    def choose_members(self) -> None:
        mission, followed = self.mission, self.mission.follows
        pool = (
            [member.person for member in followed.members if member.last_disposition in OPEN_DOORS] if followed else []
        )
        pool = pool or [person for person in self.story.people if mission.market in person.markets]
        pool = [person for person in pool if not person.said_do_not_contact]
        wanted = max(3, round(self.target / mission.calls_per_member))
        mission.members = [Member(person) for person in self.rng.sample(pool, min(wanted, len(pool)))]
        self.target = min(self.target, len(mission.members) * CALLS_BEFORE_TIRED)
        self.fresh = mission.members[::-1]

    def work(self, day: date, busy: set[tuple[int, datetime]]) -> None:
        """Promised callbacks first, whatever the quota; then it is filled with retries and new people."""
        missing = max(self.target - len(self.mission.attempts), 0)
        self.carry += missing / len(self.days_left) * self.rng.uniform(0.5, 1.5)
        self.days_left.pop()
        while member := self._due(self.promised, day):
            self._call(member, day, busy)
            self.carry -= 1
        while self.carry >= 1 and (member := self._due(self.retries, day) or self._new(day)):
            self._call(member, day, busy)
            self.carry -= 1

    def _due(self, queue: list[tuple[date, int, Member]], day: date) -> Member | None:
        while queue and queue[0][0] <= day:
            member = heapq.heappop(queue)[-1]
            if not member.is_closed and member.person.may_be_called(day):
                if member.person.last_called != day:
                    return member
                self._put(queue, day + timedelta(days=1), member)
        return None

    def _new(self, day: date) -> Member | None:
        while self.fresh:
            member = self.fresh.pop()
            if not member.person.may_be_called(day):
                continue
            if member.person.last_called != day:
                return member
            self._put(self.retries, day + timedelta(days=1), member)
        return None

    def _put(self, queue: list[tuple[date, int, Member]], day: date, member: Member) -> None:
        heapq.heappush(queue, (day, next(self.serial), member))

    def _call(self, member: Member, day: date, busy: set[tuple[int, datetime]]) -> None:
        caller = self.mission.caller
        if self.rng.random() < 0.2:
            caller = self.rng.randrange(len(self.story.staff.callers))
        started = self._start(member, day, caller, busy)
        if started > self.story.moment - LONGEST_TALK:
            return
        member.person.last_called = day
        member.attempts += 1
        disposition = self._outcome(member)
        attempt = self._attempt(member, started, disposition, self.story.staff.callers[caller])
        if disposition in (Disposition.NO_ANSWER, Disposition.VOICEMAIL) and self.rng.random() < LOGGED_WRONGLY:
            self._log_wrongly(attempt)
        if disposition == Disposition.VOICEMAIL and self.rng.random() < RINGS_BACK:
            self._ring_back(member, attempt)
        self._plan_next(member, day)

    def _start(self, member: Member, day: date, caller: int, busy: set[tuple[int, datetime]]) -> datetime:
        """A time in the person's office hours at which the caller is not on another call."""
        person, promised = member.person, member.callback_at
        if promised and promised.astimezone(person.zone).date() == day:
            return promised + timedelta(seconds=self.rng.randint(10, 400))
        for _ in range(6):
            started = _local(
                person, day, self.rng.choice((9, 10, 10, 11, 11, 12, 14, 14, 15, 15, 16, 17)), self.rng.randrange(60)
            )
            slot = started.replace(minute=started.minute // 10 * 10, second=0)
            if (caller, slot) not in busy:
                break
        busy.add((caller, slot))
        return started + timedelta(seconds=self.rng.randrange(60))

    def _outcome(self, member: Member) -> str:
        if not self.mission.conversations and len(self.mission.attempts) >= 2:
            return Disposition.FUTURE_POTENTIAL
        table = ON_A_CALLBACK if member.callback_at else ON_A_COLD_CALL
        return self._draw(table, self.mission.luck, may_promise=member.attempts <= MOST_ATTEMPTS)

    def _draw(self, table: Weights, luck: float, *, may_promise: bool) -> str:
        weights = [
            weight * (luck if MEANINGS[disposition].is_conversation else 1)
            if may_promise or not MEANINGS[disposition].needs_callback_time
            else 0
            for disposition, weight in table.items()
        ]
        return self.rng.choices(list(table), weights)[0]

    def _attempt(
        self, member: Member, started: datetime, disposition: str, caller: User, *, is_inbound: bool = False
    ) -> Attempt:
        """Writes down the call and what it changes for the member and the person."""
        meaning, person = MEANINGS[disposition], member.person
        attempt = Attempt(
            person=person,
            started_at=started,
            disposition=disposition,
            caller=caller,
            talk_seconds=self.rng.randint(*TALK_SECONDS[Disposition(disposition)]),
            notes=self.rng.choice(texts.NOTES[disposition]),
            is_inbound=is_inbound,
        )
        member.last_disposition = disposition
        member.is_closed = member.is_closed or meaning.closes
        person.has_wrong_number = person.has_wrong_number or meaning.makes_number_wrong
        person.said_do_not_contact = person.said_do_not_contact or meaning.suppresses
        member.callback_at = self._promise(member, started) if meaning.needs_callback_time else None
        attempt.callback_at = member.callback_at
        if meaning.books_meeting:
            attempt.meeting_at = self._meeting_time(person, started)
        if meaning.is_conversation:
            attempt.heard = listen(self.story, self.mission, person, disposition)
            self.mission.conversations += 1
        self.mission.attempts.append(attempt)
        return attempt

    def _promise(self, member: Member, started: datetime) -> datetime:
        """When to call back. Of those asked for lately some are late by now, some due today, the others soon."""
        person, day = member.person, started.astimezone(member.person.zone).date()
        hour, minute, today = self.rng.randint(9, 17), self.rng.randrange(0, 60, 5), self.story.today
        if not self._stays_open(started):
            return _local(person, _workday(day + timedelta(days=self.rng.randint(1, 12))), hour, minute)
        late = max(today - timedelta(days=self.rng.randint(1, 3)), day + timedelta(days=1))
        soon = _workday(today + timedelta(days=self.rng.randint(1, 6)))
        due = (late, today, soon)[next(self.story.turns) % 3]
        return _local(person, due if due > day else _workday(day + timedelta(days=2)), hour, minute)

    def _stays_open(self, asked_at: datetime) -> bool:
        return self.mission.status == Status.ACTIVE and asked_at >= self.story.moment - LATELY

    def _meeting_time(self, person: Person, started: datetime) -> datetime | None:
        if started > self.story.moment - timedelta(days=20) and self.rng.random() < 0.35:
            return None
        day = _workday(started.date() + timedelta(days=self.rng.randint(3, 25)))
        return _local(person, day, self.rng.choice((9, 10, 11, 13, 14, 16, 17)), self.rng.choice((0, 0, 30)))

    def _log_wrongly(self, attempt: Attempt) -> None:
        """The same call a second time, to be voided."""
        again = {**vars(attempt), "started_at": attempt.started_at + timedelta(minutes=1)}
        self.mission.attempts.append(Attempt(**{**again, "void_reason": self.rng.choice(texts.VOIDS)}))

    def _ring_back(self, member: Member, voicemail: Attempt) -> None:
        started = voicemail.started_at + timedelta(minutes=self.rng.randint(15, 55))
        if started < self.story.moment - LONGEST_TALK:
            outcome = self._draw(WHEN_THEY_RING_BACK, 1, may_promise=True)
            self._attempt(member, started, outcome, voicemail.caller, is_inbound=True)

    def _plan_next(self, member: Member, day: date) -> None:
        if member.is_closed or not member.person.may_be_called(day):
            return
        if member.callback_at:
            if not self._stays_open(self.mission.attempts[-1].started_at):
                self._put(self.promised, member.callback_at.astimezone(member.person.zone).date(), member)
        elif member.attempts < MOST_ATTEMPTS:
            self._put(self.retries, day + timedelta(days=self.rng.randint(2, 12)), member)


def _days(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def _workday(day: date) -> date:
    return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() >= 5 else 0)


def _local(person: Person, day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=person.zone)
