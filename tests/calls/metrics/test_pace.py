"""The pace of campaigns, their goals, and the sentences about them."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import now

from calls.metrics.goals import Outlook, between, plans_of
from calls.metrics.pace import CampaignFacts as Facts
from calls.metrics.pace import DayRange, Made, pace_of, window_of
from campaigns.lifecycle.transitions import change_status
from campaigns.models import Campaign
from campaigns.planning import GoalValue, set_goals
from markets.models import Market
from tests.factories import MarketFactory, active_campaign, call, member
from tests.reading import metric

TODAY = date(2026, 12, 1)
"""A Tuesday. Thanksgiving is among the ten working days before it."""


@pytest.fixture(autouse=True)
def on_tuesday_morning(workspace):
    with time_machine.travel(datetime(2026, 12, 1, 8, tzinfo=workspace.zone), tick=False):
        yield


@pytest.fixture
def steady(market):
    """60 people, of whom three have been called on each of the last ten working days. The first of a day talks."""
    return called_daily(active_campaign(60, market=market), 3)


def called_daily(campaign, each_day, days=10):
    people = iter([each.contact for each in campaign.members.select_related("contact").order_by("pk")])
    for day in working_days_before(campaign, days):
        for number in range(each_day):
            disposition = "not_interested" if number == 0 else "no_answer"
            call(campaign, next(people), disposition=disposition, started_at=at(campaign, day, 10 + number))
    return campaign


def at(campaign, day, hour):
    return datetime(day.year, day.month, day.day, hour, tzinfo=campaign.workspace.zone)


def working_days_before(campaign, count):
    thanksgiving = date(2026, 11, 26)
    days = (TODAY - timedelta(days=number) for number in range(1, 40))
    return [day for day in days if day.weekday() < 5 and day not in (thanksgiving, date(2026, 11, 11))][:count]


def plan_of(campaign, **goals):
    set_goals(campaign=campaign, goals={kind: GoalValue(*value) for kind, value in goals.items()})
    return plans_of(campaign.workspace, [Campaign.objects.get(pk=campaign.pk)])[0]


def test_the_pace_counts_the_last_ten_working_days(steady):
    pace = pace_of(steady.workspace, [steady])[steady.pk]

    assert list(pace.window) == sorted(working_days_before(steady, 10))
    assert pace.made == Made(calls=30, conversations=10, meetings=0, first_attempts=30)
    assert pace.per_day("calls") == 3.0
    assert pace.facts.uncalled == 30


def test_a_second_attempt_is_no_first_one(steady):
    again = steady.members.called().first().contact
    call(steady, again, started_at=at(steady, date(2026, 11, 30), 15))

    made = pace_of(steady.workspace, [steady])[steady.pk].made

    assert (made.calls, made.first_attempts) == (31, 30)


def test_calls_of_a_saturday_count_for_the_friday_and_those_of_today_not_yet(steady):
    for day, hour in ((date(2026, 11, 28), 11), (TODAY, 7)):
        call(steady, member(steady).contact, started_at=at(steady, day, hour))

    pace = pace_of(steady.workspace, [steady])[steady.pk]

    assert pace.window[date(2026, 11, 27)].calls == 4
    assert TODAY not in pace.window


def test_days_on_which_the_campaign_was_paused_are_left_out(steady, manager):
    with time_machine.travel(at(steady, date(2026, 11, 14), 9), tick=False):
        change_status(campaign=steady, to="paused", by=manager, reason="Holidays")
    steady.calls.all()
    facts = Facts({date(2026, 11, 12): Made(3)}, [(date(2026, 11, 16), False), (date(2026, 11, 19), True)])
    days = [date(2026, 11, day) for day in (12, 13, 16, 17, 18, 19, 20)]

    window = window_of(facts, days, is_active=True)

    assert list(window) == [date(2026, 11, day) for day in (12, 13, 16, 19, 20)]


def test_days_before_the_campaign_began_are_left_out():
    days = [date(2026, 11, day) for day in (16, 17, 18, 19, 20)]

    window = window_of(Facts(changes=[(date(2026, 11, 18), True)]), days, is_active=True)

    assert list(window) == days[2:]


def test_there_is_no_forecast_below_five_working_days_with_calls(market):
    campaign = called_daily(active_campaign(60, market=market), 3, days=4)

    plan = plan_of(campaign, coverage=(100, date(2026, 12, 20)))

    assert plan.pace.end is None
    assert plan.goals[0].outlook is Outlook.OPEN
    assert plan.goals[0].words == "it is too early for a forecast: it needs five working days with calls."


def test_a_forecast_skips_weekends_and_holidays(steady):
    end = pace_of(steady.workspace, [steady])[steady.pk].end

    assert end
    assert date(2026, 12, 11) <= end.first <= end.last <= date(2026, 12, 18)
    assert end.first.weekday() < 5
    assert end.last.weekday() < 5


@pytest.mark.parametrize(
    ("due_on", "outlook", "words"),
    [
        (date(2026, 12, 31), "On track", "the goal is 31 Dec."),
        (date(2026, 12, 8), "Behind", "the goal is 8 Dec. 2 more calls a day would bring it back."),
        (date(2026, 11, 20), "Behind", "the goal was 20 Nov."),
    ],
)
def test_a_goal_says_whether_it_is_on_track(steady, due_on, outlook, words):
    (goal,) = plan_of(steady, coverage=(100, due_on)).goals

    assert goal.outlook.label == outlook
    assert goal.words.endswith(words)
    assert goal.words.startswith("everybody will have been called ") or due_on < TODAY


def test_a_goal_on_a_day_of_the_range_is_close(steady):
    end = pace_of(steady.workspace, [steady])[steady.pk].end
    assert end

    for due_on in end:
        assert plan_of(steady, coverage=(100, due_on)).goals[0].outlook is Outlook.CLOSE


def test_a_goal_without_a_day_is_due_at_the_end_of_the_campaign(steady):
    assert plan_of(steady, coverage=(100, None)).goals[0].outlook is Outlook.OPEN

    steady.ends_on = date(2026, 12, 31)
    steady.save()

    assert plan_of(steady, coverage=(100, None)).goals[0].outlook is Outlook.ON_TRACK


def test_a_coverage_counts_people(steady):
    (goal,) = plan_of(steady, coverage=(80, date(2026, 12, 31))).goals

    assert (goal.reached, goal.target, goal.share, goal.missing) == (30, 48, 62, 18)
    assert goal.words.startswith("80 % will have been called ")


def test_a_coverage_that_needs_more_people_than_can_be_called_is_out_of_reach(steady):
    uncalled = steady.members.filter(attempt_count=0)
    for each in list(uncalled)[:25]:
        each.contact.phone_e164 = ""
        each.contact.save()

    (goal,) = plan_of(steady, coverage=(80, date(2026, 12, 31))).goals

    assert goal.outlook is Outlook.BEHIND
    assert goal.words == ("18 more people are needed, but only 5 can be called. Choose more people or repair numbers.")


def test_everybody_means_everybody_who_can_be_called(steady):
    for each in steady.members.filter(attempt_count=0):
        each.contact.phone_e164 = ""
        each.contact.save()

    assert plan_of(steady, coverage=(100, date(2026, 12, 31))).goals[0].outlook is Outlook.REACHED


def test_conversations_have_a_forecast_of_their_own(steady):
    done, near, far = (plan_of(steady, conversations=(target, date(2026, 12, 31))).goals[0] for target in (10, 20, 100))

    assert done.outlook is Outlook.REACHED
    assert near.outlook is Outlook.ON_TRACK
    assert near.words.startswith("20 conversations will have been held ")
    assert far.outlook is Outlook.BEHIND
    # 90 conversations in 22 working days are 4.1 a day, 3.1 more than now, and a third of the calls come to one
    assert far.extra_calls == 10


def test_a_paused_and_a_completed_campaign_have_no_forecast(steady):
    for status, outlook in (("paused", Outlook.OPEN), ("completed", Outlook.MISSED)):
        Campaign.objects.filter(pk=steady.pk).update(status=status)
        plan = plan_of(steady, meetings=(5, date(2026, 12, 31))) if status == "paused" else _plan(steady)
        assert plan.goals[0].outlook is outlook
        assert plan.end_words == ""


def _plan(campaign):
    return plans_of(campaign.workspace, [Campaign.objects.get(pk=campaign.pk)])[0]


def test_a_range_is_said_shortly():
    assert between(DayRange(date(2026, 12, 3), date(2026, 12, 3))) == "on 3 Dec"
    assert between(DayRange(date(2026, 12, 3), date(2026, 12, 9))) == "between 3 and 9 Dec"
    assert between(DayRange(date(2026, 11, 28), date(2026, 12, 3))) == "between 28 Nov and 3 Dec"
    assert between(DayRange(date(2026, 12, 28), date(2027, 1, 3))) == "between 28 Dec and 3 Jan 2027"


def test_any_number_of_campaigns_takes_one_statement(steady, django_assert_num_queries):
    others = [active_campaign(market=steady.market) for _ in range(3)]
    set_goals(campaign=steady, goals={"meetings": GoalValue(3, None)})

    with django_assert_num_queries(1):
        assert len(plans_of(steady.workspace, [steady, *others])) == 4
    with django_assert_num_queries(0):
        assert plans_of(steady.workspace, []) == []


def test_another_workspace_does_not_count(steady):
    other = called_daily(active_campaign(60, market=MarketFactory()), 1)

    assert pace_of(steady.workspace, [other])[other.pk].made == Made()


def test_the_numbers_of_the_panel_open_their_rows(as_manager, steady):
    call(steady, member(steady).contact, started_at=at(steady, date(2026, 11, 28), 11))
    plan = plan_of(steady, coverage=(80, None), conversations=(30, None), meetings=(3, None))
    numbers = [number for *_, number in plan.rates] + [goal.number for goal in plan.goals] + [plan.uncalled]

    for number in numbers:
        assert metric(as_manager.get(number.href), "rows") == number.value, number
    assert [number.value for number in numbers] == [31, 10, 31, 31, 10, 0, 30]


def test_the_pages_show_what_needs_attention(as_manager, steady):
    set_goals(campaign=steady, goals={"coverage": GoalValue(100, date(2026, 12, 8))})
    slug, year_ago = steady.workspace.slug, now() - timedelta(days=365)
    for rows in (Market.objects, Campaign.objects):
        rows.update(created_at=year_ago)
    pages = [
        reverse("campaigns:detail", args=[slug, steady.pk]),
        reverse("markets:detail", args=[slug, steady.market_id]),
        reverse("dashboard", args=[slug]),
    ]

    for url in pages:
        page = as_manager.get(url).content.decode()
        assert "2 more calls a day would bring it back." in page, url
        assert "would bring it back" not in as_manager.get(f"{url}?as_of=2026-11-30").content.decode(), url

    set_goals(campaign=steady, goals={"coverage": GoalValue(100, date(2026, 12, 31))})
    assert "Goals at risk" not in as_manager.get(pages[-1]).content.decode()
    assert "On track" in as_manager.get(pages[1]).content.decode()
