"""Which campaigns there are, and when each was Active."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from campaigns.models import Kind, Status
from signals.sample import texts
from signals.sample.story import Mission, Step, Story

LIVELINESS = (0.7, 1.25)


@dataclass(frozen=True)
class Plan:
    """A campaign in days ago; a Draft only begins. `follows` is the place of another plan above this one."""

    market: int
    kind: Kind
    status: Status
    begins: int
    ends: int
    share: float
    name: str
    pauses: tuple[tuple[int, int], ...] = ()
    follows: int | None = None


# The first five have every status and kind, so that a small workspace has them too.
PLANS = (
    Plan(0, Kind.VALIDATION, Status.COMPLETED, 355, 236, 0.13, "Market validation", ((301, 290), (262, 255))),
    Plan(0, Kind.COVERAGE, Status.ACTIVE, 338, 0, 0.14, "Ongoing coverage", ((210, 199), (75, 69))),
    Plan(0, Kind.FOLLOW_UP, Status.ACTIVE, 120, 0, 0.06, "Follow-up with open doors", ((61, 54),), follows=0),
    Plan(1, Kind.VALIDATION, Status.PAUSED, 200, 9, 0.09, "Market validation", ((150, 139),)),
    Plan(0, Kind.VALIDATION, Status.DRAFT, 6, 0, 0.02, "Partners with a book of business"),
    Plan(1, Kind.COVERAGE, Status.ACTIVE, 290, 0, 0.11, "Ongoing coverage", ((180, 171), (100, 93), (40, 33))),
    Plan(2, Kind.VALIDATION, Status.COMPLETED, 312, 205, 0.09, "Market validation", ((270, 262),)),
    Plan(2, Kind.FOLLOW_UP, Status.COMPLETED, 190, 108, 0.04, "Follow-up with open doors", follows=6),
    Plan(2, Kind.VALIDATION, Status.ACTIVE, 60, 0, 0.04, "Counsel and partners"),
    Plan(3, Kind.VALIDATION, Status.ACTIVE, 150, 0, 0.07, "Market validation", ((110, 99), (47, 41))),
    Plan(4, Kind.VALIDATION, Status.COMPLETED, 280, 140, 0.08, "Market validation", ((230, 222), (190, 184))),
    Plan(4, Kind.FOLLOW_UP, Status.PAUSED, 130, 15, 0.03, "Follow-up with open doors", ((90, 80),), follows=10),
    Plan(5, Kind.VALIDATION, Status.ACTIVE, 100, 0, 0.06, "Market validation", ((52, 45),)),
    Plan(3, Kind.COVERAGE, Status.ACTIVE, 240, 0, 0.06, "Ongoing coverage", ((160, 150),)),
)
CALLS_PER_MEMBER = {Status.COMPLETED: 2.8, Status.PAUSED: 2.4, Status.ACTIVE: 2.1, Status.DRAFT: 2.0}


def invent_missions(story: Story) -> None:
    """As many as the size asks for: after the last plan it begins again, one market further on."""
    plans = [PLANS[number % len(PLANS)] for number in range(story.size.campaigns)]
    whole = sum(plan.share for plan in plans if plan.status != Status.DRAFT)
    names: set[tuple[int, str]] = set()
    for number, plan in enumerate(plans):
        wave = number // len(PLANS)
        market = (plan.market + wave) % len(story.landscapes)
        mission = _mission(story, plan, market=market, wave=wave, share=plan.share / whole)
        while (market, mission.name) in names:
            mission.name += " again"
        names.add((market, mission.name))
        story.missions.append(mission)


def _mission(story: Story, plan: Plan, *, market: int, wave: int, share: float) -> Mission:
    rng, landscape = story.rng, story.landscapes[market]
    steps = _steps(story, plan)
    starts_on = story.workspace.day_of(steps[0].at) if steps else None
    begun = steps[0].at if steps else _office_time(story, plan.begins)
    brief = rng.choice(texts.BRIEFS).format(practice=landscape.practice_area, geography=landscape.place.name)
    return Mission(
        name=plan.name,
        market=market,
        kind=plan.kind,
        status=plan.status,
        share=share,
        calls_per_member=CALLS_PER_MEMBER[plan.status],
        follows=None if plan.follows is None else story.missions[plan.follows + wave * len(PLANS)],
        created_at=begun - timedelta(days=3, minutes=rng.randint(1, 300)),
        starts_on=starts_on,
        ends_on=_end(story, plan),
        steps=steps,
        days=_whole_days(story, steps),
        brief=brief,
        caller=rng.randrange(len(story.staff.callers)),
        luck=rng.uniform(*LIVELINESS),
    )


def _steps(story: Story, plan: Plan) -> list[Step]:
    if plan.status == Status.DRAFT:
        return []
    steps = [Step(_office_time(story, plan.begins), Status.ACTIVE, "")]
    for paused, resumed in plan.pauses:
        steps.append(Step(_office_time(story, paused), Status.PAUSED, story.rng.choice(texts.PAUSES)))
        steps.append(Step(_office_time(story, resumed), Status.ACTIVE, ""))
    if plan.status == Status.PAUSED:
        steps.append(Step(_office_time(story, plan.ends), Status.PAUSED, story.rng.choice(texts.PAUSES)))
    elif plan.status == Status.COMPLETED:
        steps.append(Step(_office_time(story, plan.ends), Status.COMPLETED, story.rng.choice(texts.RESULTS)))
    return steps


def _office_time(story: Story, days_ago: int) -> datetime:
    """Some minute of that day, or of the Friday before it."""
    day = story.today - timedelta(days=days_ago)
    day -= timedelta(days=max(day.weekday() - 4, 0))
    return datetime.combine(day, time(story.rng.randint(9, 16), story.rng.randrange(60)), story.workspace.zone)


def _end(story: Story, plan: Plan) -> date | None:
    if plan.kind == Kind.COVERAGE or plan.status == Status.DRAFT:
        return None
    return story.today - timedelta(days=plan.ends) if plan.status == Status.COMPLETED else story.today + timedelta(60)


def _whole_days(story: Story, steps: list[Step]) -> list[date]:
    """Working days after the one that made it Active and before the one that ended that."""
    days: list[date] = []
    ends = [*(story.workspace.day_of(step.at) for step in steps[1:]), story.today + timedelta(days=1)]
    for step, end in zip(steps, ends, strict=False):
        if step.to == Status.ACTIVE:
            begin = story.workspace.day_of(step.at) + timedelta(days=1)
            days += [begin + timedelta(days=n) for n in range((end - begin).days)]
    return [day for day in days if day.weekday() < 5]
