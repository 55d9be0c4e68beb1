import pytest

from campaigns.audience import Rule, Sentence
from campaigns.audience.registry import registered
from campaigns.audience.sentences import any_of
from tests import factories

OF_SPRING = {"campaigns": [0]}
SAID = [
    (
        {"kind": "market", "markets": [0]},
        "In the landscape of M&A -- New York",
        "Not in the landscape of M&A -- New York",
    ),
    ({"kind": "firm", "op": "is", "values": ["A", "B"]}, "Firm is “A” or “B”", "Firm is not “A” or “B”"),
    ({"kind": "seniority", "op": "contains", "values": ["A"]}, "Seniority contains “A”", "Seniority lacks “A”"),
    ({"kind": "city", "op": "blank"}, "City is not given", "City is given"),
    (
        {"kind": "custom", "field": "rank", "op": "at_least", "value": 2},
        "Rank is at least “2”",
        "Rank is not at least “2”",
    ),
    ({"kind": "custom", "field": "rank", "op": "given"}, "Rank is given", "Rank is not given"),
    ({"kind": "tag", "tags": [0]}, "Has the tag VIP", "Doesn't have the tag VIP"),
    (
        {"kind": "import", "imports": [0]},
        "In the import one.csv of 2 Mar 2026",
        "Not in the import one.csv of 2 Mar 2026",
    ),
    (
        {"kind": "outcome", "when": "last", "outcomes": ["no_answer"], **OF_SPRING},
        "Last outcome is No Answer in Spring · M&A -- New York",
        "Last outcome is not No Answer in Spring · M&A -- New York",
    ),
    (
        {"kind": "outcome", "when": "ever", "outcomes": ["no_answer", "voicemail"]},
        "Had the outcome No Answer or Voicemail",
        "Never had the outcome No Answer or Voicemail",
    ),
    ({"kind": "attempts", "op": "at_least", "count": 1}, "At least 1 attempt", "Fewer than 1 attempt"),
    (
        {"kind": "conversations", "op": "at_most", "count": 2, **OF_SPRING},
        "At most 2 conversations in Spring · M&A -- New York",
        "More than 2 conversations in Spring · M&A -- New York",
    ),
    (
        {"kind": "last_call", "op": "before", "day": "2026-01-31"},
        "Last called before 31 Jan 2026",
        "Not last called before 31 Jan 2026",
    ),
    (
        {"kind": "last_call", "op": "since", "day": "2026-01-31"},
        "Called since 31 Jan 2026",
        "Not called since 31 Jan 2026",
    ),
    ({"kind": "last_call", "op": "never"}, "Never called", "Called"),
    ({"kind": "last_call", "op": "within_days", "days": 14}, "Called within 14 days", "Not called within 14 days"),
    ({"kind": "last_call", "op": "not_within_days", "days": 1}, "Not called within 1 day", "Called within 1 day"),
    ({"kind": "meeting"}, "Has a meeting", "Has no meeting"),
    (
        {"kind": "meeting", "statuses": ["held", "no_show"]},
        "Has a meeting that is held or no-show",
        "Has no meeting that is held or no-show",
    ),
    (
        {"kind": "signal", "type": "movement_state", "op": "at_least", "value": "Exploring", "freshness": ["fresh"]},
        "Current Movement State is Exploring or stronger, fresh",
        "Current Movement State is not Exploring or stronger, fresh",
    ),
    (
        {"kind": "signal", "type": "firm_stability", "op": "is", "value": "Stable"},
        "Current Firm Stability is Stable",
        "Current Firm Stability is not Stable",
    ),
    ({"kind": "member", "of": "any"}, "In a campaign", "Not in any campaign"),
    ({"kind": "member", "of": "running"}, "In a running campaign", "Not in a running campaign"),
    (
        {"kind": "member", "of": "campaigns", **OF_SPRING},
        "In Spring · M&A -- New York",
        "Not in Spring · M&A -- New York",
    ),
    ({"kind": "number"}, "Has a usable phone number", "Has no usable phone number"),
    ({"kind": "suppressed"}, "On the do-not-call list", "Not on the do-not-call list"),
    ({"kind": "off_limits"}, "Off-limits", "Not off-limits"),
    ({"kind": "interest"}, "Showed interest", "Showed no interest"),
    ({"kind": "search", "text": "ann"}, "Found by searching “ann”", "Not found by searching “ann”"),
]


@pytest.mark.parametrize(("condition", "positive", "negative"), SAID)
def test_conditions_speak(workspace, market, condition, positive, negative, time_machine):
    time_machine.move_to(factories.utc(2026, 3, 2, 15))
    ids = {
        "campaigns": factories.CampaignFactory(market=market, name="Spring").pk,
        "markets": market.pk,
        "tags": workspace.tags.create(name="VIP").pk,
        "imports": factories.ended_import(workspace, name="one.csv").pk,
    }
    workspace.custom_fields.create(key="rank", name="Rank", kind="number")
    given = condition | {name: [pk] for name, pk in ids.items() if name in condition}

    for negated, text in ((False, positive), (True, negative)):
        data = {"version": 1, "match": "all", "conditions": [given | ({"negated": True} if negated else {})]}
        assert Rule.parse(data, workspace).sentences(workspace) == Sentence("All of these", (Sentence(text),))


def test_every_kind_speaks():
    assert {condition["kind"] for condition, _, _ in SAID} == set(registered())


def test_long_lists_are_cut():
    assert any_of("A") == "A"
    assert any_of("ABC") == "A, B or C"
    assert any_of("ABCDEFG") == "A, B, C, D, E or 2 more"


def test_a_group_reads_in_one_line():
    group = Sentence("Any of these", (Sentence("Called"), Sentence("None of these", (Sentence("Off-limits"),))))

    assert group.line == "Any of these: Called; None of these: Off-limits"
