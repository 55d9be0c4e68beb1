"""The follow-up builder: who fits, who is left out, and the Draft that is made."""

import pytest
from django.urls import reverse

from campaigns.follow_up import LeftOut
from campaigns.models import Campaign
from markets.models import AuditEvent, Contact
from tests.campaigns.follow_up.building import Person, source
from tests.factories import CampaignFactory, MarketFactory, SuppressionFactory, active_campaign, call
from tests.reading import lengths_of_lists, metric, numbers

PLAN = {"days": "14", "leave_out": ["number", "running", "called", "interest"], "wanted": "interest"}
DRAFT = {"name": "Second round", "kind": "follow_up", "brief": "Ask again"}


@pytest.fixture
def validation(market):
    """Two who fit, one not to be called, one who showed no interest."""
    campaign, _ = source(market, Person(), Person(), Person(do_not_call=True), Person(interested=False))
    campaign.brief, campaign.most_attempts, campaign.rest_days = "Listen first", 3, 5
    campaign.script_close = "Agree a day"
    campaign.save()
    return campaign


def url_of(campaign):
    return reverse("campaigns:follow_up", args=["acme", campaign.pk])


def made():
    return Campaign.objects.get(name="Second round")


def test_the_page_says_at_once_who_fits_and_who_is_left_out(as_manager, validation):
    page = as_manager.get(url_of(validation))

    assert metric(page, "fit") == 2
    assert metric(page, "people") == 4
    assert {reason: metric(page, reason) for reason in LeftOut} == {
        **dict.fromkeys(LeftOut, 0),
        LeftOut.DO_NOT_CALL: 1,
        LeftOut.INTEREST: 1,
    }
    form = page.context["form"]
    assert form["name"].value() == "Follow-up to Market validation"
    assert form["brief"].value() == "Listen first"


def test_every_number_opens_the_very_people_that_it_counts(as_manager, validation):
    rows = lengths_of_lists(as_manager)

    shown = [each for each in numbers(as_manager.get(url_of(validation), PLAN)) if each[3]]

    assert {name for _, name, _, _ in shown} == {"fit", "people", *LeftOut.values}
    for _, name, value, href in shown:
        assert rows(href) == value, name


def test_the_suggested_name_is_free(as_manager, validation):
    for name in ("follow-up to market validation", "Follow-up to Market validation (2)"):
        CampaignFactory(market=validation.market, name=name)

    assert as_manager.get(url_of(validation)).context["form"]["name"].value() == "Follow-up to Market validation (3)"


def test_choices_count_again_without_creating_anything(as_manager, validation):
    chosen = PLAN | {"leave_out": ["number", "running", "called"]}

    by_link = as_manager.get(url_of(validation), chosen)
    by_button = as_manager.post(url_of(validation), chosen | DRAFT | {"preview": "yes"})
    fragment = as_manager.get(url_of(validation), chosen, headers={"HX-Request": "true", "HX-Target": "preview"})

    assert [metric(page, "fit") for page in (by_link, by_button, fragment)] == [3, 3, 3]
    assert b"<h1>" not in fragment.content
    assert by_button.context["form"]["name"].value() == "Second round"
    assert not Campaign.objects.filter(name="Second round").exists()


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "many"}, "Enter a whole number"),
        ({"days": "99999999999999999999"}, "less than or equal to 3650"),
        ({"wanted": "audience-999"}, "Select a valid choice"),
        ({"wanted": "chosen"}, "Choose at least one outcome or signal"),
        ({"leave_out": ["do_not_call"]}, "Select a valid choice"),
        ({"more": ["999999"]}, "Select a valid choice"),
        ({"more": ["x"]}, "is not a valid value"),
    ],
)
def test_what_is_wrong_with_a_choice_is_said(as_manager, validation, chosen, sentence):
    for answer in (
        as_manager.get(url_of(validation), PLAN | chosen),
        as_manager.post(url_of(validation), PLAN | DRAFT | chosen),
    ):
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
    assert not Campaign.objects.filter(name="Second round").exists()


def test_creating_makes_the_draft_with_its_people_sources_rule_and_reasons(as_manager, manager, validation):
    answer = as_manager.post(url_of(validation), PLAN | DRAFT | {"seen": "2"}, follow=True)

    campaign = made()
    assert (campaign.kind, campaign.status, campaign.follows, campaign.created_by) == (
        "follow_up", "draft", validation, manager,
    )  # fmt: skip
    assert (campaign.most_attempts, campaign.rest_days, campaign.brief) == (3, 5, "Ask again")
    assert campaign.script_close == "Agree a day"
    assert [each.source for each in campaign.campaign_sources.all()] == [validation]
    assert campaign.rule["conditions"][0]["campaigns"] == [validation.pk]
    reasons = campaign.members.values_list("added_reason", flat=True)
    assert len(reasons) == 2
    assert all(each.startswith("Future Potential on ") and each.endswith(" in Market validation") for each in reasons)
    assert "Second round is a Draft with 2 people." in answer.content.decode()
    assert AuditEvent.objects.get(action="follow_up_created").subject_id == campaign.pk


def test_the_reason_stands_on_the_persons_page_and_among_the_members(as_manager, validation):
    as_manager.post(url_of(validation), PLAN | DRAFT)
    chosen = made().members.first()

    person = as_manager.get(reverse("contacts:detail", args=["acme", chosen.contact_id]))
    exported = as_manager.get(reverse("campaigns:members", args=["acme", made().pk]), {"_export": "csv"})

    assert chosen.added_reason in person.content.decode()
    assert chosen.added_reason in exported.getvalue().decode()


def test_the_people_are_those_who_fit_when_it_is_created(as_manager, validation):
    fitting = Contact.objects.filter(campaign_contacts__has_shown_interest=True, suppressions=None).first()
    SuppressionFactory(workspace=validation.workspace, contact=fitting)

    answer = as_manager.post(url_of(validation), PLAN | DRAFT | {"seen": "2"}, follow=True)

    assert made().members.count() == 1
    assert "Second round is a Draft with 1 person. 2 fit when you looked." in answer.content.decode()


def test_an_empty_audience_is_refused(as_manager, market):
    campaign, _ = source(market, Person(interested=False))

    answer = as_manager.post(url_of(campaign), PLAN | DRAFT)

    assert "No one fits" in answer.content.decode()
    assert not Campaign.objects.filter(name="Second round").exists()


def test_several_campaigns_of_the_market_can_be_followed_up(as_manager, validation):
    other, _ = source(validation.market, Person(), name="Counsel")

    as_manager.post(url_of(validation), PLAN | DRAFT | {"more": [other.pk]})

    assert made().members.count() == 3
    assert {each.source for each in made().campaign_sources.all()} == {validation, other}


def test_a_campaign_of_another_market_is_refused_with_the_reason(as_manager, validation):
    elsewhere = MarketFactory(workspace=validation.workspace, practice_area="Tax", geography="Boston")
    other, _ = source(elsewhere, Person(), name="Tax partners")

    answer = as_manager.post(url_of(validation), PLAN | DRAFT | {"more": [other.pk]}).content.decode()

    assert "Tax partners is in another market, Tax -- Boston. A follow-up stays in one market" in answer
    assert not Campaign.objects.filter(name="Second round").exists()


def test_a_draft_has_nobody_to_follow_up(as_manager, market):
    draft = CampaignFactory(market=market)

    for answer in (
        as_manager.get(url_of(draft), follow=True),
        as_manager.post(url_of(draft), PLAN | DRAFT, follow=True),
    ):
        assert "nobody was called for it yet" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "This field is required"),
        ({"name": "market VALIDATION"}, "already has a campaign of that name"),
        ({"kind": "coverage", "ends_on": "2027-01-01"}, "Ongoing coverage has no end date"),
        ({"kind": "validation"}, "Select a valid choice"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-01"}, "ends before it starts"),
        ({"owner": "999999"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_the_draft_is_said(as_manager, validation, fields, sentence):
    answer = as_manager.post(url_of(validation), PLAN | DRAFT | fields)

    assert sentence in answer.content.decode()
    assert not validation.followed_by.exists()


def test_a_form_that_is_sent_twice_makes_one_draft(as_manager, validation):
    first, second = (as_manager.post(url_of(validation), PLAN | DRAFT) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert validation.followed_by.count() == 1


def test_another_choice_under_the_same_name_is_refused(as_manager, validation):
    as_manager.post(url_of(validation), PLAN | DRAFT)

    answer = as_manager.post(url_of(validation), PLAN | DRAFT | {"days": "30"})

    assert "already has a campaign of that name" in answer.content.decode()


def test_outcomes_and_signals_can_be_chosen(as_manager, validation):
    chosen = PLAN | {"wanted": "chosen", "outcomes": ["not_interested"], "movement_state": "Active"}

    as_manager.post(url_of(validation), chosen | DRAFT)

    assert [each.split(" on ")[0] for each in made().members.values_list("added_reason", flat=True)] == [
        "Not Interested"
    ]


def test_a_saved_audience_can_be_chosen(as_manager, validation):
    refused = {"kind": "outcome", "when": "ever", "outcomes": ["not_interested"]}
    rule = {"version": 1, "match": "any", "conditions": [refused]}
    audience = validation.workspace.audiences.create(name="Said no", rule=rule)

    page = as_manager.get(url_of(validation), PLAN | {"wanted": f"audience-{audience.pk}"})

    assert metric(page, "fit") == 1
    assert "outside your choice" in page.content.decode()


def test_an_audience_that_does_not_work_any_more_is_refused_with_the_reason(as_manager, validation):
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "custom", "field": "tier", "op": "is", "value": "A"}]}
    audience = validation.workspace.audiences.create(name="Tier A", rule=rule)

    page = as_manager.post(url_of(validation), PLAN | DRAFT | {"wanted": f"audience-{audience.pk}"})

    assert "This audience doesn&#x27;t work any more" in page.content.decode()
    assert not Campaign.objects.filter(name="Second round").exists()


def test_the_sources_of_another_client_are_nobodys_business(as_manager, validation):
    other, _ = source(MarketFactory(), Person(), name="Secret")

    page = as_manager.get(url_of(validation), PLAN | {"more": [other.pk]})

    assert "Select a valid choice" in page.content.decode()
    assert "Secret" not in page.content.decode()


def test_a_source_that_runs_is_explained(as_manager, market):
    campaign = active_campaign(market=market, name="Going on")
    call(campaign, disposition="future_potential")

    assert "Going on is active" in as_manager.get(url_of(campaign)).content.decode()


def test_managers_find_the_builder_on_campaigns_with_calls(client, manager, viewer, market, validation):
    uncalled = active_campaign(market=market)
    page_of = {campaign: reverse("campaigns:detail", args=["acme", campaign.pk]) for campaign in (validation, uncalled)}

    client.force_login(manager)
    assert f'class="button primary" href="{url_of(validation)}"' in client.get(page_of[validation]).content.decode()
    assert url_of(uncalled) not in client.get(page_of[uncalled]).content.decode()
    client.force_login(viewer)
    assert url_of(validation) not in client.get(page_of[validation]).content.decode()


def test_the_page_asks_the_same_number_of_questions_for_more_people(as_manager, market, django_assert_max_num_queries):
    campaign, _ = source(market, *[Person()] * 3)

    with django_assert_max_num_queries(16):
        as_manager.get(url_of(campaign))
