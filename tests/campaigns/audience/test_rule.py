import pytest

from campaigns.audience import Rule, RuleInvalid, Sentence
from tests import factories

NUMBER, SUPPRESSED = {"kind": "number"}, {"kind": "suppressed"}


def rule(*conditions, match="all", **extra):
    return {"version": 1, "match": match, "conditions": list(conditions), **extra}


def refused(data, workspace):
    with pytest.raises(RuleInvalid) as error:
        Rule.parse(data, workspace)
    return error.value.sentences


def people(data, workspace, day=None):
    return {str(contact) for contact in Rule.parse(data, workspace).people(workspace, day)}


@pytest.fixture
def trio(workspace):
    """Ann is callable, Bob has no number, Cat must not be called."""
    ann, bob, cat = (factories.ContactFactory(workspace=workspace, full_name=name) for name in ("Ann", "Bob", "Cat"))
    bob.phone = bob.phone_e164 = ""
    bob.save()
    factories.SuppressionFactory(workspace=workspace, contact=cat)
    return ann, bob, cat


def test_a_rule_without_conditions_fits_everybody_of_the_workspace(workspace, trio):
    factories.ContactFactory()

    assert people(rule(), workspace) == {"Ann", "Bob", "Cat"}
    assert Rule.parse(rule(), workspace).sentences(workspace) == Sentence("Everybody")


@pytest.mark.parametrize(
    ("match", "expected"), [("all", {"Cat"}), ("any", {"Ann", "Cat"}), ("none", {"Bob"})], ids=["all", "any", "none"]
)
def test_conditions_combine(workspace, trio, match, expected):
    assert people(rule(NUMBER, SUPPRESSED, match=match), workspace) == expected


def test_groups_nest(workspace, trio):
    nobody_to_call = {"match": "none", "conditions": [NUMBER]}

    assert people(rule(SUPPRESSED, nobody_to_call, match="any"), workspace) == {"Bob", "Cat"}


def test_a_condition_can_be_negated(workspace, trio):
    assert people(rule({**SUPPRESSED, "negated": True}), workspace) == {"Ann", "Bob"}


def test_a_rule_survives_storing(workspace, campaign):
    data = rule(
        {"kind": "outcome", "when": "last", "outcomes": ["future_potential"], "campaigns": [campaign.pk]},
        {"kind": "last_call", "op": "before", "day": "2026-01-31", "negated": True},
        {"match": "none", "conditions": [{"kind": "attempts", "op": "at_most", "count": 0}]},
    )

    assert Rule.parse(data, workspace).as_json() == data


def test_groups_without_conditions_are_left_out(workspace):
    empty = {"match": "any", "conditions": [{"match": "all", "conditions": []}]}

    assert Rule.parse(rule(NUMBER, empty), workspace).as_json() == rule(NUMBER)


def test_a_rule_reads_as_nested_sentences(workspace, campaign):
    data = rule(
        {
            "kind": "outcome",
            "when": "last",
            "outcomes": ["callback_requested", "future_potential"],
            "campaigns": [campaign.pk],
        },
        {"match": "any", "conditions": [{"kind": "last_call", "op": "not_within_days", "days": 14}, NUMBER]},
        {"kind": "member", "of": "running", "negated": True},
    )

    assert Rule.parse(data, workspace).sentences(workspace) == Sentence(
        "All of these",
        (
            Sentence(
                "Last outcome is Callback Requested or Future Potential in Ongoing coverage · M&A -- New York",
            ),
            Sentence("Any of these", (Sentence("Not called within 14 days"), Sentence("Has a usable phone number"))),
            Sentence("Not in a running campaign"),
        ),
    )


def test_reasons_tell_what_is_known_with_days_and_campaigns(workspace, campaign, time_machine):
    time_machine.move_to(factories.utc(2026, 11, 12, 15))
    contact = campaign.members.first().contact
    factories.call(campaign, contact, disposition="future_potential", started_at=factories.utc(2026, 11, 12, 14))
    data = rule(
        {"kind": "outcome", "when": "ever", "outcomes": ["future_potential"]},
        {"kind": "suppressed", "negated": True},
    )

    reasons = Rule.parse(data, workspace).reasons(workspace, campaign.members.values_list("contact", flat=True))

    assert reasons == {contact.pk: ["Future Potential on 12 Nov 2026 in Ongoing coverage"]}


def test_what_a_person_is_not_is_the_reason_if_there_is_no_other(workspace, trio):
    ann, _, cat = trio

    reasons = Rule.parse(rule(SUPPRESSED, match="none"), workspace).reasons(workspace, [ann.pk, cat.pk])

    assert reasons == {ann.pk: ["Not on the do-not-call list"]}


def test_other_rows_can_be_ranked_by_a_rule(workspace, campaign):
    first = campaign.members.last().contact
    first.firm = "Baker"
    first.save()
    baker = Rule.parse(rule({"kind": "firm", "op": "is", "values": ["baker"]}), workspace)

    ranked = campaign.members.annotate(is_first=baker.fits(workspace)).order_by("-is_first", "pk")

    assert [member.is_first for member in ranked] == [True, False, False]
    assert ranked[0].contact == first


def test_what_is_missing_meanwhile_is_named(workspace, campaign):
    foreign = factories.active_campaign(1)
    data = rule(
        {"kind": "custom", "field": "barnumber", "op": "given"},
        {"kind": "attempts", "op": "at_least", "count": 1, "campaigns": [campaign.pk, foreign.pk]},
        {"kind": "market", "markets": [10**9]},
    )

    assert refused(data, workspace) == [
        "Custom field: the field “barnumber” doesn't exist any more. Remove the condition, or choose another.",
        f"Attempts: the campaign “{foreign.pk}” doesn't exist any more. Remove it, or choose another campaign.",
        "Market: the market “1000000000” doesn't exist any more. Remove it, or choose another market.",
    ]


def test_a_problem_says_where_it_is(workspace):
    with pytest.raises(RuleInvalid) as error:
        Rule.parse(rule(NUMBER, {"match": "any", "conditions": [NUMBER, {"kind": "mood"}]}), workspace)

    (problem,) = error.value.problems
    assert problem.path == (1, 1)
    assert problem.sentence == "“mood” is no kind of condition. Remove it, or choose another."


def test_a_rule_of_a_newer_version_is_refused(workspace):
    assert refused({**rule(), "version": 2}, workspace) == [
        "This audience has version 2, and this portal reads version 1. Update it."
    ]
