"""The campaigns of the sample and their status changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from campaigns.models import Kind, Status
from signals.sample import texts
from signals.sample.scenario import CampaignPlan, Scenario, StatusStep

CONVERSATION_FACTORS = (0.7, 1.25)


@dataclass(frozen=True)
class Template:
    """`begins`, `ends` and `pauses` are in days before the present. `follows` is the index of an earlier template."""

    market: int
    kind: Kind
    status: Status
    begins: int
    ends: int
    share: float
    name: str
    pauses: tuple[tuple[int, int], ...] = ()
    follows: int | None = None


# The first five cover every status and kind, so that a small workspace has them all.
TEMPLATES = (
    Template(0, Kind.VALIDATION, Status.COMPLETED, 355, 236, 0.13, "Market validation", ((301, 290), (262, 255))),
    Template(0, Kind.COVERAGE, Status.ACTIVE, 338, 0, 0.14, "Ongoing coverage", ((210, 199), (75, 69))),
    Template(0, Kind.FOLLOW_UP, Status.ACTIVE, 120, 0, 0.06, "Follow-up with open doors", ((61, 54),), follows=0),
    Template(1, Kind.VALIDATION, Status.PAUSED, 200, 9, 0.09, "Market validation", ((150, 139),)),
    Template(0, Kind.VALIDATION, Status.DRAFT, 6, 0, 0.02, "Partners with a book of business"),
    Template(1, Kind.COVERAGE, Status.ACTIVE, 290, 0, 0.11, "Ongoing coverage", ((180, 171), (100, 93), (40, 33))),
    Template(2, Kind.VALIDATION, Status.COMPLETED, 312, 205, 0.09, "Market validation", ((270, 262),)),
    Template(2, Kind.FOLLOW_UP, Status.COMPLETED, 190, 108, 0.04, "Follow-up with open doors", follows=6),
    Template(2, Kind.VALIDATION, Status.ACTIVE, 60, 0, 0.04, "Counsel and partners"),
    Template(3, Kind.VALIDATION, Status.ACTIVE, 150, 0, 0.07, "Market validation", ((110, 99), (47, 41))),
    Template(4, Kind.VALIDATION, Status.COMPLETED, 280, 140, 0.08, "Market validation", ((230, 222), (190, 184))),
    Template(4, Kind.FOLLOW_UP, Status.PAUSED, 130, 15, 0.03, "Follow-up with open doors", ((90, 80),), follows=10),
    Template(5, Kind.VALIDATION, Status.ACTIVE, 100, 0, 0.06, "Market validation", ((52, 45),)),
    Template(3, Kind.COVERAGE, Status.ACTIVE, 240, 0, 0.06, "Ongoing coverage", ((160, 150),)),
)
CALLS_PER_MEMBER = {Status.COMPLETED: 2.8, Status.PAUSED: 2.4, Status.ACTIVE: 2.1, Status.DRAFT: 2.0}


def plan_campaigns(scenario: Scenario) -> None:
    """Adds `size.campaigns` campaigns. After the last template it starts over with the next market."""
    templates = [TEMPLATES[number % len(TEMPLATES)] for number in range(scenario.size.campaigns)]
    total_share = sum(template.share for template in templates if template.status != Status.DRAFT)
    names: set[tuple[int, str]] = set()
    for number, template in enumerate(templates):
        wave = number // len(TEMPLATES)
        market = (template.market + wave) % len(scenario.markets)
        plan = _plan(scenario, template, market=market, wave=wave, share=template.share / total_share)
        while (market, plan.name) in names:
            plan.name += " again"
        names.add((market, plan.name))
        scenario.plans.append(plan)


def _plan(scenario: Scenario, template: Template, *, market: int, wave: int, share: float) -> CampaignPlan:
    rng, profile = scenario.rng, scenario.markets[market]
    steps = _steps(scenario, template)
    starts_on = scenario.workspace.day_of(steps[0].at) if steps else None
    started_at = steps[0].at if steps else _office_time(scenario, template.begins)
    brief = rng.choice(texts.BRIEFS).format(practice=profile.practice_area, geography=profile.geography.name)
    return CampaignPlan(
        name=template.name,
        market=market,
        kind=template.kind,
        status=template.status,
        share=share,
        calls_per_member=CALLS_PER_MEMBER[template.status],
        follows=None if template.follows is None else scenario.plans[template.follows + wave * len(TEMPLATES)],
        created_at=started_at - timedelta(days=3, minutes=rng.randint(1, 300)),
        starts_on=starts_on,
        ends_on=_end(scenario, template),
        steps=steps,
        days=_whole_days(scenario, steps),
        brief=brief,
        caller=rng.randrange(len(scenario.staff.callers)),
        conversation_factor=rng.uniform(*CONVERSATION_FACTORS),
    )


def _steps(scenario: Scenario, template: Template) -> list[StatusStep]:
    if template.status == Status.DRAFT:
        return []

    def step(days_ago: int, status: Status, reasons: Sequence[str] = ("",)) -> StatusStep:
        at = _office_time(scenario, days_ago)
        return StatusStep(at, status, scenario.rng.choice(reasons) if len(reasons) > 1 else reasons[0])

    steps = [step(template.begins, Status.ACTIVE)]
    for paused, resumed in template.pauses:
        steps += [step(paused, Status.PAUSED, texts.PAUSES), step(resumed, Status.ACTIVE)]
    if template.status == Status.PAUSED:
        steps.append(step(template.ends, Status.PAUSED, texts.PAUSES))
    elif template.status == Status.COMPLETED:
        steps.append(step(template.ends, Status.COMPLETED, texts.RESULTS))
    return steps


def _office_time(scenario: Scenario, days_ago: int) -> datetime:
    """A random time on that day, or on the Friday before a weekend."""
    day = scenario.today - timedelta(days=days_ago)
    day -= timedelta(days=max(day.weekday() - 4, 0))
    return datetime.combine(day, time(scenario.rng.randint(9, 16), scenario.rng.randrange(60)), scenario.workspace.zone)


def _end(scenario: Scenario, template: Template) -> date | None:
    if template.kind == Kind.COVERAGE or template.status == Status.DRAFT:
        return None
    return (
        scenario.today - timedelta(days=template.ends)
        if template.status == Status.COMPLETED
        else scenario.today + timedelta(60)
    )


def _whole_days(scenario: Scenario, steps: list[StatusStep]) -> list[date]:
    """Working days strictly between each activation and the status change that follows it."""
    days: list[date] = []
    ends = [*(scenario.workspace.day_of(step.at) for step in steps[1:]), scenario.today + timedelta(days=1)]
    for step, end in zip(steps, ends, strict=False):
        if step.to == Status.ACTIVE:
            begin = scenario.workspace.day_of(step.at) + timedelta(days=1)
            days += [begin + timedelta(days=n) for n in range((end - begin).days)]
    return [day for day in days if day.weekday() < 5]
