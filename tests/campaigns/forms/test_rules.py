"""The editor keeps what a rule says, and says what is missing."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings

from campaigns.audience import Rule
from campaigns.forms.rules.drafts import Condition, Group, change, read_form, read_json
from campaigns.forms.rules.editor import RuleEditor
from campaigns.forms.rules.kinds import KINDS
from tests import factories
from tests.campaigns.audience.history import History
from tests.campaigns.audience.rules import rules
from tests.campaigns.audience.test_rule import rule


def posted(**fields):
    pairs = {name.replace("__", "-"): value for name, value in fields.items()}
    return QueryDict(urlencode(pairs, doseq=True))


def edited(workspace, **fields):
    return RuleEditor.from_post(posted(**fields), workspace)


def test_the_editor_gives_back_every_rule_that_it_opens(workspace):
    history = History(workspace, 1)

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(rules(history))
    def check(data):
        editor = RuleEditor.from_json(data, workspace)
        expected = Rule.parse(data, workspace)

        assert editor.unfinished == []
        if not expected.group.parts:
            assert editor.rule is None
        else:
            assert editor.rule.as_json() == expected.as_json()

    check()


def test_every_kind_of_condition_can_be_edited_and_nothing_else_is_offered():
    from campaigns.audience.registry import registered

    assert set(KINDS) == set(registered())


def test_conditions_stand_in_the_order_of_their_places(workspace):
    fields = {f"rule__{place}__kind": "search" for place in (10, 2, 9)}
    texts = {f"rule__{place}__text": f"text {place}" for place in (10, 2, 9)}

    found = edited(workspace, rule__match="any", **fields, **texts)

    assert found.rule_json == rule(*({"kind": "search", "text": f"text {place}"} for place in (2, 9, 10)), match="any")


def test_a_group_is_read_with_its_conditions(workspace):
    found = edited(workspace, rule__match="all", rule__0__match="none", rule__0__0__kind="number")

    assert found.rule_json == rule({"match": "none", "conditions": [{"kind": "number"}]})


def test_groups_without_conditions_and_rows_without_a_kind_are_left_out(workspace):
    found = edited(workspace, rule__match="all", rule__0__match="any", rule__1__kind="", rule__2__kind="number")

    assert found.rule_json == rule({"kind": "number"})
    assert found.unfinished == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "market"}, "Market: Choose markets."),
        ({"kind": "firm", "op": "is", "values": ""}, "Firm: Enter a firm."),
        ({"kind": "attempts", "op": "at_least", "count": "many"}, "Attempts: Enter a whole number."),
        ({"kind": "last_call", "op": "before", "day": "2026-02-30"}, "Last call: Enter a valid date."),
        ({"kind": "signal", "type": ""}, "Current signal: Choose a type."),
        ({"kind": "custom", "field": "gone"}, "Custom field: Select a valid choice."),
        ({"kind": "market", "markets": "999999"}, "Market: One that was chosen isn't here any more."),
        ({"kind": "haircut"}, "haircut: This is no kind of condition."),
    ],
)
def test_what_a_condition_lacks_is_said_and_the_others_count(workspace, fields, sentence):
    row = {f"rule__1__{name}": value for name, value in fields.items()}

    found = edited(workspace, rule__match="all", rule__0__kind="number", **row)

    assert [each[: len(sentence)] for each in found.unfinished] == [sentence]
    assert found.rule_json == rule({"kind": "number"})


def test_another_kind_of_condition_keeps_the_campaigns_and_takes_a_fitting_comparison(workspace, campaign):
    found = edited(
        workspace,
        rule__match="all",
        **{"rule__0__kind": "attempts", "rule__0__op": "blank", "rule__0__campaigns": campaign.pk, "rule__0__count": 2},
    )

    condition = {"kind": "attempts", "op": "at_least", "count": 2, "campaigns": [campaign.pk]}
    assert found.rule_json == rule(condition)


def test_a_condition_on_a_field_that_was_removed_can_be_opened_and_removed(workspace):
    broken = rule({"kind": "custom", "field": "gone", "op": "given"}, {"kind": "number"})

    editor = RuleEditor.from_json(broken, workspace)

    assert len(editor.unfinished) == 1
    assert editor.rule.as_json() == rule({"kind": "number"})


def test_what_is_chosen_comes_from_the_workspace_alone(workspace, campaign):
    factories.active_campaign(name="Theirs")

    editor = edited(workspace, rule__match="all", rule__0__kind="outcome", rule__1__kind="market")

    labels = [label for row in editor.root.rows() for each in row.controls() for _, label, _ in each.options]
    assert "Ongoing coverage · M&A -- New York" in labels
    assert not [label for label in labels if "Theirs" in label]


def test_firms_are_suggested(workspace):
    factories.ContactFactory(workspace=workspace, firm="North LLP")
    factories.ContactFactory(firm="Foreign LLP")

    editor = edited(workspace, rule__match="all", rule__0__kind="firm")

    assert editor.suggestions() == {"firm": ["North LLP"]}


def tree():
    return read_json(rule({"kind": "number"}, {"match": "any", "conditions": [{"kind": "suppressed"}]}))


@pytest.mark.parametrize(
    ("action", "focus", "root", "inner"),
    [
        ("add:rule", "rule-2", 3, 1),
        ("group:rule", "rule-2-0", 3, 1),
        ("add:rule-1", "rule-1-1", 2, 2),
        ("remove:rule-0", "rule", 1, None),
        ("remove:rule-1-0", "rule-1", 2, 0),
        ("remove:rule", "", 2, 1),
        ("remove:rule-7", "", 2, 1),
        ("add:rule-0", "", 2, 1),
        ("add:rule-1-0-0", "", 2, 1),
        ("add:", "", 2, 1),
        ("mend:rule", "", 2, 1),
        ("add:rule-x", "", 2, 1),
        ("", "", 2, 1),
    ],
)
def test_buttons_add_and_remove(action, focus, root, inner):
    found = tree()

    assert change(found, action) == focus

    assert len(found.children) == root
    group = next(each for each in found.children if isinstance(each, Group))
    assert inner is None or len(group.children) == inner


def test_groups_are_not_nested_deeper_than_rules_can_be():
    deepest = "rule-0-0-0"
    found = read_form(
        posted(rule__match="all", rule__0__match="all", rule__0__0__match="all", rule__0__0__0__match="all")
    )

    assert change(found, f"add:{deepest}") == f"{deepest}-0"
    assert change(found, f"group:{deepest}") == ""


@pytest.mark.parametrize(
    "data",
    [
        None,
        3,
        [],
        "rule",
        {},
        {"conditions": 3},
        {"match": [], "conditions": [None, 3, [], {"kind": None}, {"kind": {}}]},
    ],
)
def test_whatever_is_stored_can_be_opened(workspace, data):
    assert RuleEditor.from_json(data, workspace).rule is None


def test_hundreds_of_fields_are_not_read(workspace):
    found = read_form(posted(rule__match="all", **{f"rule__{place}__kind": "number" for place in range(900)}))

    assert len(found.children) < 250


def test_a_condition_without_fields_is_blank():
    assert Condition().first("kind") == ""
