"""Each rule speaks where it should, and is silent below the limits and within chance."""

import pytest
from django.utils.translation import override

from calls.metrics.comparison.statistics import rate_difference
from markets.models import Role
from signals.findings import rules
from signals.findings.shape import BAD, GOOD, FirmState, IdleCampaign, Movers
from tests.signals.findings.known import AS_OF, counts, facts, hours, only, silent


def test_the_connection_rate_fell_because_of_voicemail():
    known = facts(counts(271, 84, voicemail=79, no_answer=60), counts(270, 120, voicemail=40, no_answer=62))

    finding = only(rules.connection_rate, known)
    assert str(finding).startswith("Connection rate fell 13.4 points to 31.0 % (84 of 271). Voicemail rose from 14.8 %")
    assert str(finding).endswith("to 29.2 % of calls.")
    assert finding.severity == BAD
    assert finding.people == 36  # conversations that there would have been


def test_the_connection_rate_rose_because_fewer_did_not_answer():
    known = facts(counts(300, 150, no_answer=50), counts(300, 80, no_answer=120))

    finding = only(rules.connection_rate, known)
    assert "rose 23.3 points to 50.0 % (150 of 300). No Answer fell from 40.0 % to 16.7 % of calls." in str(finding)
    assert finding.severity == GOOD


def test_a_finding_is_in_the_language_of_the_page():
    known = facts(counts(271, 84, voicemail=79, no_answer=60), counts(270, 120, voicemail=40, no_answer=62))

    with override("de"):
        finding = str(only(rules.connection_rate, known))

    assert finding.startswith("Die Erreichungsquote sank um 13,4 Punkte auf 31,0 % (84 von 271). ")
    assert finding.endswith("stieg von 14,8 % auf 29,2 % der Anrufe.")


def test_an_outcome_that_moved_within_chance_is_no_cause():
    known = facts(counts(200, 40, voicemail=52), counts(200, 80, voicemail=48))

    assert "Voicemail" not in str(only(rules.connection_rate, known))


@pytest.mark.parametrize(("now", "before"), [((19, 0), (500, 400)), ((500, 400), (19, 0)), ((0, 0), (500, 400))])
def test_rates_of_few_calls_are_not_compared(now, before):
    assert silent(rules.connection_rate, facts(counts(*now), counts(*before)))


def test_twenty_calls_on_both_sides_are_enough():
    assert only(rules.connection_rate, facts(counts(20, 2), counts(20, 14)))


def test_the_change_must_be_larger_than_chance():
    before = (100, 40)
    talked = [n for n in range(101) if not silent(rules.connection_rate, facts(counts(100, n), counts(*before)))]
    by_chance = [n for n in range(101) if n not in talked]

    assert by_chance == list(range(min(by_chance), max(by_chance) + 1))
    assert 27 in by_chance
    assert 26 in talked
    low, high = rate_difference((26, 100), (40, 100))
    assert high < 0  # the interval of Newcombe does not contain zero
    low, high = rate_difference((27, 100), (40, 100))
    assert low < 0 < high


def test_among_many_markets_the_change_must_be_larger():
    known = [facts(counts(100, 24), counts(100, 40), compared=number) for number in (1, 20)]

    assert only(rules.connection_rate, known[0])
    assert silent(rules.connection_rate, known[1])


def test_the_best_hours_are_named_if_they_are_better_than_the_others():
    known = facts(
        counts(300, 90), counts(300, 140), hours=hours(Tue10=(40, 30), Wed9=(40, 24), Mon8=(40, 13), Fri7=(19, 19))
    )

    assert str(only(rules.connection_rate, known)).endswith(
        "The best hours were Tue 10–11 (75.0 %) and Wed 9–10 (60.0 %)."
    )


def test_one_good_hour_is_named_alone_and_hours_within_chance_are_not():
    one, none = hours(Tue10=(40, 30), Mon8=(40, 14)), hours(Tue10=(40, 16), Mon8=(40, 14))

    assert "The best hour was Tue 10–11 (75.0 %)." in str(
        only(rules.connection_rate, facts(counts(300, 90), counts(300, 140), hours=one))
    )
    assert "best" not in str(only(rules.connection_rate, facts(counts(300, 90), counts(300, 140), hours=none)))


def test_meetings_per_conversation_rose():
    finding = only(rules.meetings_per_conversation, facts(counts(400, 100, 25), counts(400, 100, 8)))

    assert str(finding) == "Meetings per conversation rose 17.0 points to 25.0 % (25 of 100)."
    assert finding.severity == GOOD


@pytest.mark.parametrize(
    ("now", "before"),
    [((400, 19, 12), (400, 200, 4)), ((400, 100, 12), (400, 100, 8)), ((400, 0, 0), (400, 200, 40))],
    ids=["few conversations", "chance", "no conversations"],
)
def test_meetings_per_conversation_are_silent(now, before):
    assert silent(rules.meetings_per_conversation, facts(counts(*now), counts(*before)))


def test_calls_fell_much():
    finding = only(rules.call_volume, facts(counts(420, 100, days=20), counts(900, 270, days=21)))

    assert str(finding) == "Calls a day fell from 42.9 to 20.0: 420, after 900 in the 30 days before."
    assert finding.severity == BAD
    assert finding.people == 144  # conversations: 480 calls fewer at the rate of 30 %


def test_calls_stopped():
    assert "from 42.9 to 0.0: 0, after 900" in str(only(rules.call_volume, facts(counts(), counts(900, 270, days=21))))


@pytest.mark.parametrize(
    "known",
    [
        facts(counts(750, days=300), counts(900, days=300)),  # a sixth fewer
        facts(counts(500, days=4), counts(900, days=5)),  # a few large days more or less
        facts(counts(9, days=3), counts(19, days=9)),  # few calls
        facts(counts(400, days=20), counts(0)),  # nothing to compare with
        facts(counts(420, days=20), counts(900, days=21), working_days=(4, 21)),  # a period that has just begun
        facts(counts(420, days=200), counts(900, days=210), working_days=(10, 21)),  # half as many working days
    ],
)
def test_calls_that_vary_as_calls_do_are_no_news(known):
    assert silent(rules.call_volume, known)


def test_calls_that_come_in_few_large_days_need_a_larger_change():
    assert only(rules.call_volume, facts(counts(500, days=100), counts(900, days=100)))
    assert silent(rules.call_volume, facts(counts(500, days=5), counts(900, days=5)))


def test_wrong_numbers_rose():
    finding = only(rules.wrong_numbers, facts(counts(425, incorrect_number=23), counts(430, incorrect_number=5)))

    assert str(finding) == "Wrong numbers rose from 1.2 % to 5.4 % of calls (23 of 425)."
    assert finding.people == 23
    assert finding.severity == BAD


@pytest.mark.parametrize(
    ("now", "before"), [((425, 8), (430, 5)), ((425, 2), (425, 23)), ((19, 10), (430, 5)), ((20, 2), (5000, 0))]
)
def test_wrong_numbers_are_silent(now, before):
    known = facts(*(counts(made, incorrect_number=wrong) for made, wrong in (now, before)))

    assert silent(rules.wrong_numbers, known)


@pytest.mark.parametrize(
    ("movers", "said"),
    [
        (Movers(9, 3, [7, 8]), "9 people moved to Exploring or stronger; 3 of them have no follow-up."),
        (Movers(3, 1, [7]), "3 people moved to Exploring or stronger; 1 of them has no follow-up."),
        (Movers(1200, 0), "1,200 people moved to Exploring or stronger. All of them have a follow-up."),
        (Movers(4), "4 people moved to Exploring or stronger."),
    ],
)
def test_people_who_moved(movers, said):
    assert str(only(rules.moved_up, facts(movers=movers))) == said


@pytest.mark.parametrize("people", [0, 1, 2])
def test_two_people_who_moved_are_too_few(people):
    assert silent(rules.moved_up, facts(movers=Movers(people, people, [7])))


def test_who_moved_is_ranked_by_those_without_a_follow_up():
    assert only(rules.moved_up, facts(movers=Movers(9, 3, [7]))).people == 3
    assert only(rules.moved_up, facts(movers=Movers(9, 0))).people == 9


def test_late_callbacks():
    assert str(only(rules.late_callbacks, facts(late_callbacks=5))) == "5 callbacks are late."
    assert str(only(rules.late_callbacks, facts(late_callbacks=1))) == "1 callback is late."
    assert silent(rules.late_callbacks, facts())


def test_a_campaign_with_nobody_left_to_call():
    known = facts(idle=[IdleCampaign(7, "Spring", 40), IdleCampaign(8, "Autumn", 1)])

    one, other = map(str, rules.nobody_left(known))
    assert one == "Spring has nobody left to call: none of its 40 people can be called any more."
    assert other == "Autumn has nobody left to call: its one person can’t be called any more."
    assert silent(rules.nobody_left, facts())


def test_a_firm_that_became_unstable():
    known = facts(firms=[FirmState("Ottermoor LLP", 8, 3, 0)], stability=(10, 120))

    finding = only(rules.unstable_firms, known)
    assert str(finding) == "Ottermoor LLP: 3 of 8 people call it unstable, up from 0."
    assert finding.people == 8


@pytest.mark.parametrize(
    ("firm", "market"),
    [
        (FirmState("Two heard", 2, 2, 0), (10, 120)),
        (FirmState("As before", 8, 3, 3), (10, 120)),
        (FirmState("Better than before", 8, 3, 5), (10, 120)),
        (FirmState("Like the market", 8, 3, 0), (50, 120)),
        (FirmState("By chance", 8, 1, 0), (10, 120)),
        (FirmState("The whole market", 8, 3, 0), (3, 8)),
    ],
    ids=lambda each: each.name if isinstance(each, FirmState) else "",
)
def test_firms_are_silent(firm, market):
    assert silent(rules.unstable_firms, facts(firms=[firm], stability=market))


def test_three_people_heard_are_enough():
    assert only(rules.unstable_firms, facts(firms=[FirmState("Three", 3, 3, 1)], stability=(8, 120)))


@pytest.mark.parametrize("rule", rules.RULES)
def test_nothing_is_found_where_nothing_is_known(rule):
    assert silent(rule, facts())


@pytest.mark.parametrize("period", [AS_OF], ids=str)
def test_links_keep_the_day_as_of_which_they_are_asked(period):
    known = facts(counts(271, 84, voicemail=79), counts(270, 120, voicemail=40), period=period, movers=Movers(4))
    found = [only(rules.connection_rate, known), only(rules.moved_up, known)]

    parts = [part for each in found for sentence in each.sentences for part in sentence.parts]
    links = [part.href for part in parts if not isinstance(part, str)]
    assert links
    assert all("as_of=2026-11-30" in link for link in links)


def test_a_viewer_is_offered_nothing_that_they_may_not_do():
    known = facts(
        counts(425, 84, incorrect_number=23, voicemail=79),
        counts(430, 180, incorrect_number=5, voicemail=40),
        movers=Movers(9, 3, [7, 8]),
        late_callbacks=5,
        idle=[IdleCampaign(7, "Spring", 40)],
    )
    found = [finding for rule in rules.RULES for finding in rule(known)]
    labels = {
        role: {finding.rule: finding.shown_to(role).action.label for finding in found}
        for role in (Role.VIEWER, Role.CALLER, Role.MANAGER)
    }

    of_everybody = {"connection_rate": "Compare callers"}
    assert labels[Role.VIEWER] == of_everybody | {
        "wrong_numbers": "See numbers",
        "moved_up": "See people",
        "late_callbacks": "See callbacks",
        "nobody_left": "See campaign",
    }
    of_callers = {"wrong_numbers": "Repair numbers", "late_callbacks": "Call now"}
    of_managers = {"moved_up": "Create follow-up", "nobody_left": "Add people"}
    assert labels[Role.CALLER] == labels[Role.VIEWER] | of_callers
    assert labels[Role.MANAGER] == labels[Role.CALLER] | of_managers
