"""Three months of calls in several markets, from a seed, with changes that are known."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from django.utils.timezone import now

from calls.log.services import record_many
from calls.log.validation import NewCall
from calls.models import Call
from campaigns.dispositions import Disposition
from campaigns.membership import add_to_market, enroll
from campaigns.models import Campaign
from signals.capture.services import NewSignal, capture_all
from signals.models import Signal
from tests.factories import ContactFactory, MarketFactory, active_campaign

DAYS, PERIOD = 90, 30
USUAL = {
    Disposition.NO_ANSWER: 34,
    Disposition.VOICEMAIL: 20,
    Disposition.GATEKEEPER: 8,
    Disposition.INCORRECT_NUMBER: 2,
    Disposition.NOT_INTERESTED: 14,
    Disposition.FUTURE_POTENTIAL: 18,
    Disposition.MEETING_BOOKED: 4,
}
"""Calls in a hundred by outcome."""


@dataclass(frozen=True)
class Plan:
    """What happens in a market in the last thirty days: outcomes in a hundred that differ, and calls a day."""

    name: str
    changed: dict = field(default_factory=dict)
    daily: int = 14
    daily_now: int = 14


def usual_and(**changed):
    """Outcomes that differ from the usual ones; No Answer makes up for them."""
    outcomes = USUAL | {Disposition(name): count for name, count in changed.items()}
    others = sum(count for outcome, count in outcomes.items() if outcome != Disposition.NO_ANSWER)
    return outcomes | {Disposition.NO_ANSWER: 100 - others}


def simulate(workspace, plan: Plan, rng: Random):
    """A market with one campaign, in which enough people are never closed."""
    market = MarketFactory(workspace=workspace, practice_area=plan.name, geography="New York")
    campaign = active_campaign(1, market=market, workspace=workspace, days_ago=DAYS + 30, name="Coverage")
    people = new_members(campaign, 40)
    made = [
        NewCall(contact=rng.choice(people), started_at=moment, disposition=outcome)
        for moment, outcome in _calls(workspace, plan, rng)
    ]
    record_many(campaign=campaign, new_calls=made, historical=True)
    return market


def _calls(workspace, plan, rng):
    today = workspace.today()
    for ago in range(DAYS, 0, -1):
        day = today - timedelta(days=ago)
        is_now = ago < PERIOD
        if day.weekday() > 4:
            continue
        outcomes = plan.changed if is_now and plan.changed else USUAL
        daily = plan.daily_now if is_now else plan.daily
        for _ in range(max(0, round(rng.gauss(daily, daily / 5)))):
            hour, minute = rng.randint(9, 17), rng.randint(0, 59)
            moment = datetime.combine(day, time(hour, minute), tzinfo=workspace.zone)
            yield moment, rng.choices(list(outcomes), list(outcomes.values()))[0]


def new_members(campaign, count, **fields):
    people = [ContactFactory(workspace=campaign.workspace, **fields) for _ in range(count)]
    keys = [person.pk for person in people]
    add_to_market(workspace_id=campaign.workspace_id, market_id=campaign.market_id, contacts=keys)
    enroll(campaign=campaign, contacts=keys, by=None)
    return people


def hear(market, type, values, *, days_ago, firm=""):
    """New people of the market say these values, each on a call of their own."""
    campaign = market.campaigns.get()
    people = new_members(campaign, len(values), firm=firm)
    say(campaign, people, type, values, days_ago=days_ago)
    return people


def say(campaign: Campaign, people, type, values, *, days_ago):
    moment = now() - timedelta(days=days_ago)
    made = [NewCall(contact=person, started_at=moment, disposition=Disposition.FUTURE_POTENTIAL) for person in people]
    keys = record_many(campaign=campaign, new_calls=made, historical=True)
    said = [(key, [NewSignal(type=type, value=value)]) for key, value in zip(keys, values, strict=True)]
    captured = capture_all(campaign=campaign, signals_by_call=said)
    Call.objects.filter(pk__in=keys).update(recorded_at=moment)
    Signal.objects.filter(pk__in=[each.pk for each in captured]).update(captured_at=moment, current_changed_at=moment)


def found_by(findings):
    """By market, the rules that found something; "" for the whole workspace."""
    rules = defaultdict(set)
    for finding in findings:
        rules[finding.market.practice_area if finding.market else ""].add(finding.rule)
    return dict(rules)
