"""Whatever a stored or posted rule holds, it is a rule or is refused in sentences."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.audience import Rule, RuleInvalid
from campaigns.audience.parameters import shown
from campaigns.audience.registry import registered
from campaigns.audience.rule import MATCHES, MAX_CONDITIONS, MAX_DEPTH
from tests import factories
from tests.campaigns.audience.test_rule import NUMBER, refused, rule
from tests.thorough import some

JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(2**62, 2**66),
        st.floats(),
        st.text(st.characters(), max_size=6),
        st.sampled_from(["\0", "\ud800", "x" * 10_000, "is", "at_least", "2026-02-30", "9999-99-99"]),
    ),
    lambda values: st.one_of(st.lists(values, max_size=3), st.dictionaries(st.text(max_size=4), values, max_size=3)),
    max_leaves=6,
)
PARAMETERS = "markets op values field value tags imports when outcomes campaigns count day days type freshness".split()
PARAMETERS += ["statuses", "of", "text"]
SENSE = st.sampled_from(
    ["is", "contains", "blank", "given", "at_least", "at_most", "ever", "last", "before", "never", "within_days", "any"]
)
VALUES = st.one_of(JUNK, SENSE, st.lists(st.one_of(JUNK, st.integers(1, 3)), max_size=3), st.integers(-1, 10))


def conditions():
    return st.fixed_dictionaries(
        {"kind": st.sampled_from(sorted(registered()))},
        optional=dict.fromkeys([*PARAMETERS, "negated", "else"], VALUES),
    )


def hostile_rules():
    group = {"match": st.sampled_from(list(MATCHES)), "conditions": st.lists(conditions(), max_size=3)}
    return st.one_of(JUNK, st.fixed_dictionaries({"version": st.just(1), **group}, optional={"name": JUNK}))


def parsed(data, workspace):
    try:
        return Rule.parse(data, workspace), []
    except RuleInvalid as error:
        return None, error.sentences


@pytest.mark.parametrize("count", some([150, 3000]))
def test_junk_is_a_rule_or_is_refused_in_sentences(workspace, count):
    factories.ContactFactory(workspace=workspace)
    workspace.custom_fields.create(key="rank", name="Rank", kind="number")

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))
    @given(hostile_rules())
    def check(data):
        read, sentences = parsed(data, workspace)
        if read is None:
            assert sentences
            assert all(sentence.isprintable() and sentence.endswith(".") for sentence in sentences)
        else:
            assert Rule.parse(read.as_json(), workspace) == read
            assert read.people(workspace).count() <= 1
            assert read.people(workspace, date(2026, 1, 1)).count() == 0

    check()


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"kind": "number", "negated": "yes"}, "Phone number: “negated” is true or false, not “yes”."),
        ({"kind": "number", "of": 1}, "Phone number: “of” means nothing here. Remove it."),
        ({"kind": "firm", "op": "like"}, "Firm: “like” isn't a valid op. Choose is, contains or blank."),
        ({"kind": "firm", "op": "is"}, "Firm: choose at least one of the values."),
        ({"kind": "firm", "op": "is", "values": "Baker"}, "Firm: values needs a list, not “Baker”."),
        ({"kind": "firm", "op": "is", "values": ["A\0B"]}, "Firm: “A?B” isn't a valid value. Enter a text."),
        (
            {"kind": "firm", "op": "is", "values": ["x" * 201]},
            f"Firm: “{'x' * 40}…” is too long. Use at most 200 characters.",
        ),
        (
            {"kind": "firm", "op": "is", "values": ["A"] * 101},
            "Firm: 101 values are too many. Choose at most 100.",
        ),
        (
            {"kind": "firm", "op": "blank", "values": ["A"]},
            "Firm: a blank field has no values. Remove them, or choose “is” or “contains”.",
        ),
        (
            {"kind": "attempts", "op": "at_least", "count": 10**30},
            "Attempts: a number out of range isn't a valid number. Enter a whole number from 0 to 10,000.",
        ),
        (
            {"kind": "attempts", "op": "at_least", "count": True},
            "Attempts: “True” isn't a valid number. Enter a whole number from 0 to 10,000.",
        ),
        (
            {"kind": "last_call", "op": "within_days", "days": 2.5},
            "Last call: “2.5” isn't a valid number. Enter a whole number from 0 to 3,650.",
        ),
        (
            {"kind": "last_call", "op": "before", "day": "31.1.2026"},
            "Last call: “31.1.2026” isn't a valid day. Enter one such as 2026-01-31.",
        ),
        (
            {"kind": "outcome", "when": "last", "outcomes": ["sold"]},
            "Outcome: “sold” isn't one of the outcomes. Choose No Answer, Voicemail, Gatekeeper, Incorrect Number, "
            "Not Interested or 4 more.",
        ),
        (
            {"kind": "signal", "type": "movement_state", "op": "is", "value": "Stable"},
            "Signal: “Stable” isn't a valid value. Choose Not Moving, Soft Listening, Exploring or Active.",
        ),
        (
            {"kind": "member", "of": "running", "campaigns": [7]},
            "Member: the campaign “7” doesn't exist any more. Remove it, or choose another campaign.",
        ),
        (
            {"kind": "custom", "field": "rank", "op": "at_least", "value": "high"},
            "Custom field: “high” isn't a number. Enter one such as 1250.5.",
        ),
        (
            {"kind": "custom", "field": "joined", "op": "is", "value": "soon"},
            "Custom field: “soon” isn't a valid day. Enter one such as 2026-01-31.",
        ),
        (
            {"kind": "custom", "field": "school", "op": "at_most", "value": "Yale"},
            "Custom field: “School” has neither numbers nor dates to compare. Choose “is” or “contains”.",
        ),
        (
            {"kind": "custom", "field": "school", "op": "given", "value": "Yale"},
            "Custom field: “given” takes no value. Remove it.",
        ),
    ],
)
def test_a_wrong_parameter_is_named(workspace, condition, sentence):
    for key, kind in [("rank", "number"), ("joined", "date"), ("school", "text")]:
        workspace.custom_fields.create(key=key, name=key.title(), kind=kind)

    assert sentence in refused(rule(condition), workspace)


def test_all_problems_are_told_at_once(workspace):
    data = rule({"kind": "tag", "tags": [5]}, {"kind": "import", "imports": [6]}, {"kind": "signal"})

    assert len(refused(data, workspace)) == 5


def test_a_hidden_custom_field_counts_as_removed(workspace):
    workspace.custom_fields.create(key="rank", name="Rank", is_hidden=True)

    (sentence,) = refused(rule({"kind": "custom", "field": "rank", "op": "given"}), workspace)

    assert "“rank” doesn't exist any more" in sentence


def test_rules_are_limited_in_depth(workspace):
    data = NUMBER
    for _ in range(MAX_DEPTH - 1):
        data = {"match": "all", "conditions": [data]}
    assert Rule.parse(rule(data), workspace)

    for _ in range(50):
        data = {"match": "all", "conditions": [data]}
    assert refused(rule(data), workspace) == ["Groups nest at most 4 deep. Move these conditions one group up."]


def test_rules_are_limited_in_length(workspace):
    assert Rule.parse(rule(*[NUMBER] * MAX_CONDITIONS), workspace)
    assert refused(rule(*[NUMBER] * 100_000), workspace) == ["An audience has at most 40 conditions. Remove some."]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "An audience is an object with conditions, not nothing."),
        ([], "An audience is an object with conditions, not a list."),
        ({}, "nothing isn't a version of audiences. Use 1."),
        ({"version": True, "match": "all", "conditions": []}, "“True” isn't a version of audiences. Use 1."),
        ({"version": 1, "conditions": []}, "nothing doesn't say how conditions combine. Choose all, any or none."),
        ({"version": 1, "match": "all"}, "A group needs a list of conditions, not nothing."),
        ({"version": 1, "match": "all", "conditions": [], "x": 1}, "“x” means nothing in a group. Remove it."),
        ({"version": 1, "match": "all", "conditions": [3]}, "A condition is an object with a kind, not “3”."),
    ],
)
def test_a_wrong_shape_is_named(workspace, data, sentence):
    assert sentence in refused(data, workspace)


def test_wrong_values_are_quoted_safely():
    deep = []
    for _ in range(100_000):
        deep = [deep]

    assert [shown(value) for value in ("\ud800\0", 10**5000, deep, {"a": 1})] == [
        "“??”",
        "a number out of range",
        "a list",
        "an object",
    ]
