"""Large workspaces for benchmarks: contacts and calls by the hundred thousand, without a scenario.

Rows are written through the portal's own functions, so every stored count is right. The data is only as realistic as
speed allows: shares of dispositions, working hours and status changes of campaigns.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched, pairwise
from random import Random
from typing import Any

from calls.ingest.contact_lookup import ContactKeys
from calls.log.services import record_many
from calls.log.validation import CallRefused, NewCall
from calls.models import Call, CampaignDay, CampaignHour
from campaigns.dispositions import CONVERSATIONS, DISPOSITION_RULES, Disposition
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import add_to_market, enroll
from campaigns.models import Campaign, CampaignContact, Kind, Status
from config.db import bulk, table_statistics
from markets.contacts.normalization import fold
from markets.contacts.numbering_plans import common_e164
from markets.models import Contact, Market, MarketContact, Workspace
from signals.capture.services import NewSignal, capture_all
from signals.capture.vocabulary import VALUES, SignalType
from signals.models import Signal
from signals.sample import texts
from signals.sample.backdating import backdate
from signals.sample.geographies import MARKET_PROFILES, MarketProfile
from signals.sample.scenario import Size, Staff

BATCH_SIZE = 10_000
SEEDED_MODELS = (Contact, MarketContact, CampaignContact, Call, CampaignDay, CampaignHour, Signal)
"""Their tables need fresh statistics once they are filled."""
INTERIM_OUTCOMES = {Disposition.NO_ANSWER: 50, Disposition.VOICEMAIL: 32, Disposition.GATEKEEPER: 14}
INTERIM_OUTCOMES |= {Disposition.CALLBACK_REQUESTED: 4}
FINAL_OUTCOMES = {Disposition.NO_ANSWER: 38, Disposition.VOICEMAIL: 20, Disposition.NOT_INTERESTED: 15}
FINAL_OUTCOMES |= {Disposition.FUTURE_POTENTIAL: 15, Disposition.MEETING_BOOKED: 6, Disposition.CALLBACK_REQUESTED: 3}
FINAL_OUTCOMES |= {Disposition.INCORRECT_NUMBER: 2, Disposition.DO_NOT_CONTACT: 1}
"""Percentages of dispositions: of the calls before a member's last one, and of the last."""
YEAR = 360
Progress = Callable[[int], object]


@dataclass(frozen=True)
class BulkCampaign:
    """A campaign and the first and last day of its calls."""

    number: int
    campaign: Campaign
    first_day: date
    last_day: date


def build_bulk(
    *, workspace: Workspace, staff: Staff, size: Size, rng: Random, moment: datetime, progress: Progress
) -> None:
    """Fills an empty workspace with the year before `moment`. Call it in a transaction.

    `progress` is called with the number of calls of each batch written.
    """
    bulk.tune_transaction()
    contacts = _create_contacts(workspace, size.people, rng, moment)
    markets = [
        _create_market(workspace, MARKET_PROFILES[number % len(MARKET_PROFILES)], number)
        for number in range(size.markets)
    ]
    shares = [contacts[number :: size.markets] for number in range(size.markets)]
    for market, share in zip(markets, shares, strict=True):
        add_to_market(workspace_id=workspace.pk, market_id=market.pk, contacts=[each.pk for each in share])
    do_not_contact: set[int] = set()
    # The thread that generates calls has its own generator, so that results do not depend on timing.
    calls_rng = Random(rng.random())  # noqa: S311 - sample data, not a secret
    signals_per_call, calls_per_contact = size.signals / max(size.calls, 1), size.calls / size.people
    with ThreadPoolExecutor(1, thread_name_prefix="bulk-sample") as executor:
        plans: list[BulkCampaign] = []
        pending: list[tuple[BulkCampaign, Future[list[NewCall]]]] = []
        for number in range(size.campaigns):
            of_market = number % size.markets
            round_number, rounds = number // size.markets, -(-(size.campaigns - of_market) // size.markets)
            members = shares[of_market][round_number::rounds]
            plan = _create_campaign(markets[of_market], staff, number, moment)
            enroll(campaign=plan.campaign, contacts=[each.pk for each in members], by=staff.manager)
            _activate_campaign(plan, staff)
            plans.append(plan)
            calls = executor.submit(
                _generate_sorted, plan, members, calls_per_contact, staff, calls_rng, moment, do_not_contact
            )
            pending.append((plan, calls))
            if number:
                _write_campaign(*pending.pop(0), signals_per_call, rng, progress)
        for plan, calls in pending:
            _write_campaign(plan, calls, signals_per_call, rng, progress)
    table_statistics.analyze(SEEDED_MODELS)  # without statistics of this workspace each report takes minutes
    backdate(workspace, moment - timedelta(days=YEAR + 10))
    for plan in plans:  # last, because their reports are frozen with what is known when they are completed
        _end_campaign(plan, staff)


def _write_campaign(
    plan: BulkCampaign,
    calls: "Future[list[NewCall]]",
    signals_per_call: float,
    rng: Random,
    progress: Progress,
) -> None:
    """Writes a campaign's calls, while the thread generates those of the next."""
    for batch in batched(calls.result(), BATCH_SIZE):
        _write_batch(plan.campaign, batch, signals_per_call, rng)
        # Without statistics, each batch would compare its signals with all others.
        table_statistics.analyze_grown_tables(len(batch), SEEDED_MODELS)
        progress(len(batch))


def _create_contacts(workspace: Workspace, size: int, rng: Random, moment: datetime) -> list[ContactKeys]:
    ids = bulk.new_ids(Contact, size)
    contacts, rows = [], []
    created_at = moment - timedelta(days=YEAR + 10)
    areas = [code for code in range(201, 990) if common_e164(f"({code}) 555-0100", "US")]
    for number, key in enumerate(ids):
        first, last = rng.choice(texts.FIRST_NAMES), rng.choice(texts.LAST_NAMES)
        name, firm = f"{first} {last}", rng.choice(texts.FIRMS)
        area, line = divmod(number * 7919 % (100 * len(areas)), 100)
        phone, e164 = f"({areas[area]}) 555-01{line:02}", f"+1{areas[area]}55501{line:02}"
        profile = MARKET_PROFILES[number % len(MARKET_PROFILES)]
        email = f"p{number}@{workspace.slug}.people.example"
        contacts.append(ContactKeys(key, f"P{number:07}", email, e164, name, phone))
        seniority, town = texts.SENIORITIES[number % 4][0], profile.geography.towns[0][0]
        rows.append(
            (
                *(key, workspace.pk, f"P{number:07}", name, first, last, fold(f"{name} {number}"), firm, email),
                *(phone, e164, seniority, town, profile.geography.timezone, created_at, created_at),
            )
        )
    columns = "id workspace_id external_id full_name first_name last_name name_key firm email phone phone_e164".split()
    bulk.insert(Contact, [*columns, "seniority", "city", "timezone", "created_at", "updated_at"], rows)
    return contacts


def _create_market(workspace: Workspace, profile: MarketProfile, number: int) -> Market:
    suffix = f" {number // len(MARKET_PROFILES) + 1}" if number >= len(MARKET_PROFILES) else ""
    return Market.objects.create(
        workspace=workspace,
        practice_area=profile.practice_area + suffix,
        geography=profile.geography.name,
        seniority=profile.seniority,
        firm_tier=profile.firm_tier,
    )


def _create_campaign(market: Market, staff: Staff, number: int, moment: datetime) -> BulkCampaign:
    """Every fourth campaign runs until yesterday; the others are spread over the year."""
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
    return BulkCampaign(number, campaign, first, last)


def _activate_campaign(plan: BulkCampaign, staff: Staff) -> None:
    begin, _ = plan.campaign.workspace.bounds(plan.first_day, None)
    change_status(campaign=plan.campaign, to=Status.ACTIVE, by=staff.manager, at=begin)


def _end_campaign(plan: BulkCampaign, staff: Staff) -> None:
    number = plan.number
    _, end = plan.campaign.workspace.bounds(None, plan.last_day)
    if number % 4 == 1:
        reason = texts.PAUSES[number % len(texts.PAUSES)]
        change_status(campaign=plan.campaign, to=Status.PAUSED, by=staff.manager, reason=reason, at=end)
    elif number % 4 > 1:
        reason = texts.RESULTS[number % len(texts.RESULTS)]
        change_status(campaign=plan.campaign, to=Status.COMPLETED, by=staff.manager, reason=reason, at=end)


def _generate_sorted(*args: Any) -> list[NewCall]:
    return sorted(_generate_calls(*args), key=lambda call: call.started_at)


def _generate_calls(
    plan: BulkCampaign,
    members: list[ContactKeys],
    calls_per_contact: float,
    staff: Staff,
    rng: Random,
    moment: datetime,
    do_not_contact: set[int],
) -> Iterator[NewCall]:
    """About `calls_per_contact` calls to each member, in working hours and at most one a day."""
    zone = plan.campaign.workspace.zone
    days = [plan.first_day + timedelta(days=n) for n in range((plan.last_day - plan.first_day).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    interim, interim_weights = list(INTERIM_OUTCOMES), list(INTERIM_OUTCOMES.values())
    final, final_weights = list(FINAL_OUTCOMES), list(FINAL_OUTCOMES.values())
    for number, member in enumerate(members):
        if member.pk in do_not_contact:
            continue
        times = min(int(calls_per_contact * rng.uniform(0.5, 1.5) + 0.5), len(days))
        called_on = sorted(rng.sample(range(len(days)), times))
        outcomes = [*rng.choices(interim, interim_weights, k=max(times - 1, 0)), *rng.choices(final, final_weights)][
            :times
        ]
        if outcomes and outcomes[-1] == Disposition.DO_NOT_CONTACT:
            do_not_contact.add(member.pk)
        for (index, next_index), outcome in zip(pairwise([*called_on, len(days)]), outcomes, strict=True):
            minute = rng.randrange(9 * 60, 18 * 60)
            started_at = datetime.combine(days[index], time(minute // 60, minute % 60, rng.randrange(60)), tzinfo=zone)
            is_conversation = outcome in CONVERSATIONS
            yield NewCall(
                contact=member,
                disposition=str(outcome),
                started_at=started_at,
                recorded_at=started_at,
                talk_seconds=rng.randrange(60, 1200) if is_conversation else rng.randrange(40),
                notes=rng.choice(texts.NOTES[outcome]),
                caller=staff.callers[number % len(staff.callers)],
                callback_at=_callback_time(days, next_index, moment)
                if DISPOSITION_RULES[outcome].needs_callback_time
                else None,
            )


def _callback_time(days: list[date], next_index: int, moment: datetime) -> datetime:
    """A callback is due on the day of the next call, or tomorrow if there is none."""
    day = days[next_index] if next_index < len(days) else moment.date() + timedelta(days=1)
    return datetime.combine(day, time(8, 59), tzinfo=moment.tzinfo)


def _write_batch(campaign: Campaign, calls: tuple[NewCall, ...], signals_per_call: float, rng: Random) -> None:
    results = record_many(campaign=campaign, new_calls=calls)
    are_conversations = [call.disposition in CONVERSATIONS for call in calls]
    signals_per_conversation = signals_per_call * len(calls) / max(sum(are_conversations), 1)
    signals_by_call = []
    for result, is_conversation in zip(results, are_conversations, strict=True):
        if isinstance(result, CallRefused):
            raise result
        if is_conversation:
            number = int(signals_per_conversation * rng.uniform(0.5, 1.5) + rng.random())
            types = rng.sample(list(SignalType), min(number, len(SignalType)))
            if types:
                signals = [NewSignal(type=type_, value=rng.choice(VALUES[type_])) for type_ in types]
                signals_by_call.append((result, signals))
    capture_all(campaign=campaign, signals_by_call=signals_by_call)
