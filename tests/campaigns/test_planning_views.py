"""Goals, copies, templates and the checklist of a Draft, in the browser."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns.models import Campaign, CampaignGoal, CampaignTemplate
from campaigns.planning import GoalValue, goals_of, set_goals
from tests.factories import CampaignFactory, MembershipFactory, active_campaign, member
from tests.forms import edit_form


def url(name, *ids):
    return reverse(f"campaigns:{name}", args=["acme", *ids])


def text(page):
    return " ".join(page.content.decode().split())


@pytest.fixture
def draft(market):
    return CampaignFactory(market=market, name="Autumn")


def post_goals(client, campaign, **fields):
    shown = edit_form(client.get(url("goals", campaign.pk)))
    return client.post(url("goals", campaign.pk), shown | fields, follow=True)


def test_goals_are_set_changed_and_removed(as_manager, draft):
    due = draft.workspace.today() + timedelta(days=30)
    post_goals(as_manager, draft, coverage_target=80, coverage_due=due.isoformat(), meetings_target=6)
    assert goals_of(draft) == {"coverage": GoalValue(80, due), "meetings": GoalValue(6, None)}

    page = post_goals(as_manager, draft, coverage_target=90, meetings_target="")

    assert goals_of(draft) == {"coverage": GoalValue(90, due)}
    assert "Goals of Autumn saved." in text(page)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"coverage_target": "101"}, "less than or equal to 100"),
        ({"coverage_due": "2026-12-15"}, "Enter a goal for this date, or leave the date empty."),
        ({"coverage_target": "80", "coverage_due": "2020-12-15"}, "Choose a later day."),
        ({"coverage_target": "80", "coverage_due": "9999-12-31"}, "Choose a day within ten years."),
        ({"meetings_target": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_goal_that_cannot_be_is_refused_with_a_sentence(as_manager, draft, fields, sentence):
    draft.starts_on = date(2026, 1, 5)
    draft.save()

    page = post_goals(as_manager, draft, **fields)

    assert sentence in text(page)
    assert goals_of(draft) == {}


def test_goals_that_somebody_else_changed_meanwhile_are_not_overwritten(as_manager, draft):
    shown = edit_form(as_manager.get(url("goals", draft.pk)))
    set_goals(campaign=draft, goals={"coverage": GoalValue(70, None)})

    page = as_manager.post(url("goals", draft.pk), shown | {"coverage_target": "80"})

    assert page.status_code == 409
    assert goals_of(draft) == {"coverage": GoalValue(70, None)}


def test_a_completed_campaign_keeps_its_goals(as_manager, market):
    campaign = active_campaign(market=market)
    shown = edit_form(as_manager.get(url("goals", campaign.pk)))
    Campaign.objects.filter(pk=campaign.pk).update(status="completed")

    page = as_manager.post(url("goals", campaign.pk), shown | {"coverage_target": "80"})

    assert "is completed, so its goals stay as they are" in text(page)
    assert not CampaignGoal.objects.exists()


def test_a_draft_says_what_it_lacks_and_where_to_do_it(as_manager, draft):
    page = text(as_manager.get(url("detail", draft.pk)))

    assert "Activating needs at least one person who can be called." in page
    assert page.count('<strong class="caution">Missing</strong>') == 7
    assert url("choose", draft.pk) in page
    assert url("goals", draft.pk) in page

    member(draft)
    set_goals(campaign=draft, goals={"meetings": GoalValue(3, None)})
    page = text(as_manager.get(url("detail", draft.pk)))

    assert "Can be activated. Still missing: dates, owner, brief and callers." in page


def test_who_does_not_manage_reads_what_a_draft_lacks_and_changes_nothing(as_caller, draft):
    page = text(as_caller.get(url("detail", draft.pk)))

    assert "Missing" in page
    assert [name for name in ("choose", "goals", "callers", "edit") if url(name, draft.pk) in page] == []


def test_people_who_cannot_be_called_do_not_make_a_draft_ready(as_manager, draft):
    member(draft, phone="")

    page = text(as_manager.get(url("detail", draft.pk)))

    assert "None of them can be called." in page
    assert "Activating needs at least one person who can be called." in page


def test_a_campaign_under_way_has_no_checklist(as_manager, campaign):
    assert "Still missing" not in text(as_manager.get(url("detail", campaign.pk)))


def test_a_copy_takes_over_what_was_set_up_and_not_what_happened(as_manager, manager, campaign):
    campaign.brief, campaign.rest_days, campaign.calls_from, campaign.owner = "Be brief", 5, 10, manager
    campaign.save()
    set_goals(campaign=campaign, goals={"coverage": GoalValue(80, campaign.workspace.today())})
    campaign.callers.create(workspace=campaign.workspace, user=manager)

    as_manager.post(url("copy", campaign.pk), {"name": "Again"})

    copy = Campaign.objects.get(name="Again")
    assert (copy.status, copy.starts_on, copy.market) == ("draft", None, campaign.market)
    assert (copy.brief, copy.rest_days, copy.calls_from, copy.owner) == ("Be brief", 5, 10, manager)
    assert goals_of(copy) == {"coverage": GoalValue(80, None)}
    assert [caller.user for caller in copy.callers.all()] == [manager]
    assert not copy.members.exists()


def test_a_copy_takes_the_people_only_when_asked(as_manager, campaign):
    people = {each.contact_id for each in campaign.members.current()}

    as_manager.post(url("copy", campaign.pk), {"name": "Again", "with_people": "on"})

    copied = Campaign.objects.get(name="Again").members.all()
    assert {each.contact_id for each in copied} == people
    assert {each.added_reason for each in copied} == {f"Copied from {campaign}"}


def test_a_copy_needs_a_name_of_its_own(as_manager, campaign):
    page = as_manager.post(url("copy", campaign.pk), {"name": campaign.name.upper()})

    assert "This market already has a campaign of that name." in text(page)
    assert Campaign.objects.count() == 1


def test_a_campaign_is_saved_as_a_template_and_a_new_one_begins_with_it(as_manager, draft, market):
    draft.brief, draft.most_attempts = "Be brief", 4
    draft.save()
    set_goals(campaign=draft, goals={"conversations": GoalValue(30, draft.workspace.today())})

    as_manager.post(url("save_template", draft.pk), {"name": "Short"}, follow=True)
    template = CampaignTemplate.objects.get()
    page = as_manager.get(url("create") + f"?template={template.pk}")
    assert "Be brief" in text(page)
    assert "Filled in from the template “Short”" in text(page)

    posted = {"name": "New", "kind": "validation", "market": market.pk, "most_attempts": "4"}
    as_manager.post(url("create") + f"?template={template.pk}", posted)

    assert goals_of(Campaign.objects.get(name="New")) == {"conversations": GoalValue(30, None)}


def test_two_templates_have_two_names(as_manager, draft):
    for _ in range(2):
        page = as_manager.post(url("save_template", draft.pk), {"name": "Short"})

    assert "already has a template “Short”" in text(page)
    assert CampaignTemplate.objects.count() == 1


def template_of(workspace, **fields):
    return workspace.campaign_templates.create(**{"name": "Short"} | fields)


def test_a_template_is_made_edited_and_deleted(as_manager, workspace):
    as_manager.post(url("template_create"), {"name": "Long", "kind": "coverage", "conversations_target": "30"})
    template = CampaignTemplate.objects.get()
    assert (template.kind, template.most_attempts, template.goals) == ("coverage", 6, {"conversations": 30})

    shown = edit_form(as_manager.get(url("template", template.pk)))
    as_manager.post(url("template", template.pk), shown | {"conversations_target": "", "meetings_target": "5"})
    template.refresh_from_db()
    assert template.goals == {"meetings": 5}
    assert "Long" in text(as_manager.get(url("templates")))

    page = as_manager.post(url("template_delete", template.pk), follow=True)
    assert "Template “Long” deleted." in text(page)
    assert not CampaignTemplate.objects.exists()


def test_a_template_that_somebody_else_changed_is_not_overwritten(as_manager, workspace):
    template = template_of(workspace, goals={"meetings": 5})
    shown = edit_form(as_manager.get(url("template", template.pk)))
    CampaignTemplate.objects.update(goals={"meetings": 6})

    page = as_manager.post(url("template", template.pk), shown | {"meetings_target": "7"})

    assert page.status_code == 409
    template.refresh_from_db()
    assert template.goals == {"meetings": 6}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"calls_from": "12", "calls_until": "9"}, "“9” isn&#x27;t later than “12”. Enter a later hour."),
        ({"calls_until": "25"}, "“25” isn&#x27;t an hour. Enter 24 or less."),
        ({"most_attempts": "0"}, "at least once and at most 100 times"),
        ({"starts_on": "2026-12-15", "ends_on": "2026-12-03"}, "The campaign ends before it starts: 3 Dec"),
    ],
)
def test_hours_and_dates_that_cannot_be_get_a_sentence(as_manager, market, fields, sentence):
    posted = {"name": "New", "kind": "validation", "market": market.pk}

    page = as_manager.post(url("create"), posted | fields)

    assert sentence in text(page)
    assert not Campaign.objects.filter(name="New").exists()


def test_hours_left_empty_keep_their_defaults(as_manager, market):
    as_manager.post(url("create"), {"name": "New", "kind": "validation", "market": market.pk, "calls_from": "10"})

    campaign = Campaign.objects.get(name="New")
    assert (campaign.calls_from, campaign.calls_until) == (10, 21)


def test_without_a_market_the_form_says_what_comes_first(client, db):
    membership = MembershipFactory(workspace__slug="acme")
    client.force_login(membership.user)

    page = text(client.get(url("create")))

    assert "has no market yet" in page
    assert reverse("markets:create", args=["acme"]) in page


def test_a_draft_is_deleted_with_its_goals_and_callers(as_manager, manager, draft):
    set_goals(campaign=draft, goals={"meetings": GoalValue(3, None)})
    draft.callers.create(workspace=draft.workspace, user=manager)

    as_manager.post(url("delete", draft.pk))

    assert not Campaign.objects.exists()
    assert not CampaignGoal.objects.exists()


def test_a_box_that_somebody_else_ticked_stays_ticked(as_manager, draft):
    shown = edit_form(as_manager.get(url("edit", draft.pk)))
    Campaign.objects.update(calls_on_weekends=True)

    as_manager.post(url("edit", draft.pk), shown | {"brief": "Be brief"})

    draft.refresh_from_db()
    assert (draft.brief, draft.calls_on_weekends) == ("Be brief", True)
