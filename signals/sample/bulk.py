"""A client firm of any size, for trials of speed: people and calls by the hundred thousand, without a story.

What is written goes through the functions that the portal itself uses, so every stored count is right; what is told is
only as true to life as speed asks: shares of dispositions, working hours, a life of each campaign.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched, pairwise
from random import Random
from typing import Any

from calls.ingest.contact_lookup import Known
from calls.log.services import record_all
from calls.log.validation import CallRefused, NewCall
from campaigns.dispositions import CONVERSATIONS, MEANINGS, Disposition
from campaigns.lifecycle import change_status
from campaigns.membership import enroll, place_in_market
from campaigns.models import Campaign, Kind, Status
from config.db import bulk
from markets.contacts.normalization import fold
from markets.models import Contact, Market, Workspace
from signals.capture.services import NewSignal, capture_all
from signals.capture.vocabulary import VALUES, SignalType
from signals.sample import texts
from signals.sample.backdating import date_back
from signals.sample.places import LANDSCAPES, Landscape
from signals.sample.story import Size, Staff

CHUNK = 10_000
GOING_ON = {Disposition.NO_ANSWER: 50, Disposition.VOICEMAIL: 32, Disposition.GATEKEEPER: 14}
GOING_ON |= {Disposition.CALLBACK_REQUESTED: 4}
LAST = {Disposition.NO_ANSWER: 38, Disposition.VOICEMAIL: 20, Disposition.NOT_INTERESTED: 15}
LAST |= {Disposition.FUTURE_POTENTIAL: 15, Disposition.MEETING_BOOKED: 6, Disposition.CALLBACK_REQUESTED: 3}
LAST |= {Disposition.INCORRECT_NUMBER: 2, Disposition.DO_NOT_CONTACT: 1}
"""What calls come to in a hundred: those after which somebody is called again, and the last ones."""
YEAR = 360
Progress = Callable[[int], object]


@dataclass(frozen=True)
class Mission:
    """A campaign as it is to come about: days are counted back from the present."""

    number: int
    campaign: Campaign
    first: date
    last: date


def gather(
    *, workspace: Workspace, staff: Staff, size: Size, rng: Random, moment: datetime, progress: Progress
) -> None:
    """Fills an empty workspace with a year before `moment`. Run it in a transaction. `progress` hears of calls."""
    bulk.tune_transaction()
    people = _people(workspace, size.people, rng, moment)
    markets = [_market(workspace, LANDSCAPES[number % len(LANDSCAPES)], number) for number in range(size.markets)]
    shares = [people[number :: size.markets] for number in range(size.markets)]
    for market, share in zip(markets, shares, strict=True):
        place_in_market(workspace_id=workspace.pk, market_id=market.pk, contacts=[each.pk for each in share])
    barred: set[int] = set()
    # Of the calls, which are made up beside: each thread has a dice of its own.
    chance = Random(rng.random())  # noqa: S311 - a crowd, not a secret
    heard_in, per_person = size.signals / max(size.calls, 1), size.calls / size.people
    with ThreadPoolExecutor(1, thread_name_prefix="crowd") as beside:
        coming: list[tuple[Mission, Future[list[NewCall]]]] = []
        for number in range(size.campaigns):
            of_market = number % size.markets
            again, rounds = number // size.markets, -(-(size.campaigns - of_market) // size.markets)
            members = shares[of_market][again::rounds]
            mission = _campaign(markets[of_market], staff, number, moment)
            enroll(campaign=mission.campaign, contacts=[each.pk for each in members], by=staff.manager)
            _activate(mission, staff)
            calls = beside.submit(_calls_in_order, mission, members, per_person, staff, chance, moment, barred)
            coming.append((mission, calls))
            if number:
                _call(*coming.pop(0), heard_in, rng, progress, staff)
        for mission, calls in coming:
            _call(mission, calls, heard_in, rng, progress, staff)
    date_back(workspace, moment - timedelta(days=YEAR + 10))


def _call(
    mission: Mission,
    calls: "Future[list[NewCall]]",
    heard_in: float,
    rng: Random,
    progress: Progress,
    staff: Staff,
) -> None:
    """Writes a campaign's calls while those of the next are made up, and ends it."""
    for some in batched(calls.result(), CHUNK):
        _write(mission.campaign, some, heard_in, rng)
        progress(len(some))
    _end(mission, staff)


def _people(workspace: Workspace, size: int, rng: Random, moment: datetime) -> list[Known]:
    ids = bulk.new_ids(Contact, size)
    people, rows = [], []
    since = str(moment - timedelta(days=YEAR + 10))
    for place, key in enumerate(ids):
        first, last = rng.choice(texts.FIRST_NAMES), rng.choice(texts.LAST_NAMES)
        name, firm = f"{first} {last}", rng.choice(texts.FIRMS)
        line = place * 7919 % 79_000
        phone = f"({210 + line // 100}) 555-01{line % 100:02}"
        e164 = f"+1{210 + line // 100}55501{line % 100:02}"
        landscape = LANDSCAPES[place % len(LANDSCAPES)]
        email = f"p{place}@{workspace.slug}.people.example"
        people.append(Known(key, f"P{place:07}", email, e164, name, phone))
        rows.append(
            (
                *(
                    key,
                    workspace.pk,
                    f"P{place:07}",
                    name,
                    first,
                    last,
                    fold(f"{name} {place}"),
                    firm,
                    email,
                    phone,
                    e164,
                ),
                *(texts.SENIORITIES[place % 4][0], landscape.place.towns[0][0], landscape.place.timezone, since, since),
            )
        )
    columns = "id workspace_id external_id full_name first_name last_name name_key firm email phone phone_e164".split()
    bulk.insert(Contact, [*columns, "seniority", "city", "timezone", "created_at", "updated_at"], rows)
    return people


def _market(workspace: Workspace, landscape: Landscape, number: int) -> Market:
    again = f" {number // len(LANDSCAPES) + 1}" if number >= len(LANDSCAPES) else ""
    return Market.objects.create(
        workspace=workspace,
        practice_area=landscape.practice_area + again,
        geography=landscape.place.name,
        seniority=landscape.seniority,
        firm_tier=landscape.firm_tier,
    )


def _campaign(market: Market, staff: Staff, number: int, moment: datetime) -> Mission:
    """Every fourth goes on until the present; the others are spread over the year."""
    today = market.workspace.day_of(moment)
    length = YEAR if number % 4 == 0 else 120
    first = today - timedelta(days=length if number % 4 == 0 else 130 + number * 37 % (YEAR - 130))
    last = today - timedelta(days=1) if number % 4 == 0 else first + timedelta(days=length)
    campaign = Campaign.objects.create(
        workspace=market.workspace,
        market=market,
        name=f"{texts.BRIEFS[number % len(texts.BRIEFS)].split()[0]} {number + 1}",
        kind=Kind.COVERAGE if number % 4 == 0 else Kind.VALIDATION,
        starts_on=first,
        created_at=moment - timedelta(days=YEAR + 5),
        created_by=staff.manager,
        owner=staff.manager,
    )
    return Mission(number, campaign, first, last)


def _activate(mission: Mission, staff: Staff) -> None:
    begin, _ = mission.campaign.workspace.bounds(mission.first, None)
    change_status(campaign=mission.campaign, to=Status.ACTIVE, by=staff.manager, at=begin)


def _end(mission: Mission, staff: Staff) -> None:
    number = mission.number
    _, end = mission.campaign.workspace.bounds(None, mission.last)
    if number % 4 == 1:
        reason = texts.PAUSES[number % len(texts.PAUSES)]
        change_status(campaign=mission.campaign, to=Status.PAUSED, by=staff.manager, reason=reason, at=end)
    elif number % 4 > 1:
        reason = texts.RESULTS[number % len(texts.RESULTS)]
        change_status(campaign=mission.campaign, to=Status.COMPLETED, by=staff.manager, reason=reason, at=end)


def _calls_in_order(*about: Any) -> list[NewCall]:
    return sorted(_calls(*about), key=lambda call: call.started_at)


def _calls(
    mission: Mission,
    members: list[Known],
    per_person: float,
    staff: Staff,
    rng: Random,
    moment: datetime,
    barred: set[int],
) -> Iterator[NewCall]:
    """About `per_person` calls to each, in working hours, each day at the most one to somebody."""
    zone = mission.campaign.workspace.zone
    days = [mission.first + timedelta(days=n) for n in range((mission.last - mission.first).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    going_on, weights = list(GOING_ON), list(GOING_ON.values())
    last, last_weights = list(LAST), list(LAST.values())
    for number, member in enumerate(members):
        if member.pk in barred:
            continue
        times = min(int(per_person * rng.uniform(0.5, 1.5) + 0.5), len(days))
        called_on = sorted(rng.sample(range(len(days)), times))
        outcomes = [*rng.choices(going_on, weights, k=max(times - 1, 0)), *rng.choices(last, last_weights)][:times]
        if outcomes and outcomes[-1] == Disposition.DO_NOT_CONTACT:
            barred.add(member.pk)
        for (place, following), outcome in zip(pairwise([*called_on, len(days)]), outcomes, strict=True):
            minute = rng.randrange(9 * 60, 18 * 60)
            begun = datetime.combine(days[place], time(minute // 60, minute % 60, rng.randrange(60)), tzinfo=zone)
            talks = outcome in CONVERSATIONS
            yield NewCall(
                contact=member,
                disposition=str(outcome),
                started_at=begun,
                recorded_at=begun,
                talk_seconds=rng.randrange(60, 1200) if talks else rng.randrange(40),
                notes=rng.choice(texts.NOTES[outcome]),
                caller=staff.callers[number % len(staff.callers)],
                callback_at=_callback(days, following, moment) if MEANINGS[outcome].needs_callback_time else None,
            )


def _callback(days: list[date], following: int, moment: datetime) -> datetime:
    """When the next call is due: on its day, or tomorrow where none was made yet."""
    day = days[following] if following < len(days) else moment.date() + timedelta(days=1)
    return datetime.combine(day, time(8, 59), tzinfo=moment.tzinfo)


def _write(campaign: Campaign, calls: tuple[NewCall, ...], heard_in: float, rng: Random) -> None:
    made = record_all(campaign=campaign, new_calls=calls)
    talks = [call.disposition in CONVERSATIONS for call in calls]
    share = heard_in * len(calls) / max(sum(talks), 1)
    heard = []
    for outcome, is_talk in zip(made, talks, strict=True):
        if isinstance(outcome, CallRefused):
            raise outcome
        if is_talk:
            types = rng.sample(
                list(SignalType), min(int(share * rng.uniform(0.5, 1.5) + rng.random()), len(SignalType))
            )
            if types:
                heard.append((outcome, [NewSignal(type=each, value=rng.choice(VALUES[each])) for each in types]))
    capture_all(campaign=campaign, signals_by_call=heard)
