"""The first steps on the overview of a new workspace: their state, where each leads, and who sees them."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from campaigns.models import Campaign
from signals.workspace_page.first_steps import first_steps, progress_of
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    MarketFactory,
    MembershipFactory,
    active_campaign,
    call,
    completed_campaign,
    member_of,
)
from tests.importing import finished_import

OVERVIEW = "/w/acme/"


def done(workspace):
    return {step.key: step.is_done for step in first_steps(workspace, progress_of(workspace)).steps}


def leads_to(workspace, key):
    (step,) = (each for each in first_steps(workspace, progress_of(workspace)).steps if each.key == key)
    return step.button, step.href


def test_a_new_workspace_begins_with_a_market(as_manager, workspace):
    page = as_manager.get(OVERVIEW).content.decode()

    assert "First steps" in page
    assert "0 of 5 done" in page
    assert 'class="button primary"\n        href="/w/acme/markets/new/">New market' in page
    assert not re.search(r"data-metric|New campaign", page)


def test_each_step_is_done_by_what_exists(workspace):
    assert set(done(workspace).values()) == {False}

    market = MarketFactory(workspace=workspace)
    assert [key for key, is_done in done(workspace).items() if is_done] == ["market"]
    ContactFactory(workspace=workspace)
    assert done(workspace)["people"]
    draft = CampaignFactory(market=market, workspace=workspace)
    assert done(workspace)["campaign"]
    MembershipFactory.create_batch(2, workspace=workspace)
    assert done(workspace)["team"]
    assert not done(workspace)["call"]
    call(active_campaign(market=draft.market, workspace=workspace))
    assert progress_of(workspace).is_complete


def test_what_another_workspace_has_is_no_step_of_this_one(workspace):
    call(active_campaign())

    assert set(done(workspace).values()) == {False}


def test_an_open_invitation_is_a_team_and_a_revoked_one_is_none(as_manager, workspace):
    as_manager.post("/w/acme/team/", {"email": "new@acme.example", "role": "caller"})
    assert done(workspace)["team"]

    as_manager.post(reverse("invitation_revoke", args=["acme", workspace.invitations.get().pk]))
    assert not done(workspace)["team"]


def test_the_first_call_is_reached_through_people_and_activation(workspace):
    market = MarketFactory(workspace=workspace)
    assert leads_to(workspace, "call") == ("Start calling", "")
    draft = CampaignFactory(market=market, workspace=workspace)
    assert leads_to(workspace, "call") == ("Choose people", f"/w/acme/campaigns/{draft.pk}/contacts/add/")
    member_of(draft, ContactFactory(workspace=workspace))
    assert leads_to(workspace, "call") == ("Activate campaign", f"/w/acme/campaigns/{draft.pk}/status/?to=active")
    active = active_campaign(market=market, workspace=workspace)
    assert leads_to(workspace, "call") == ("Start calling", f"/w/acme/campaigns/{active.pk}/next/")


def test_after_a_campaign_without_calls_another_one_is_created(workspace):
    completed_campaign(workspace=workspace, market=MarketFactory(workspace=workspace))

    assert leads_to(workspace, "call") == ("New campaign", "/w/acme/campaigns/new/")


def test_the_steps_lead_into_the_market_that_exists(workspace):
    market = MarketFactory(workspace=workspace)

    assert leads_to(workspace, "people")[1] == f"/w/acme/imports/new/?kind=people&market={market.pk}"
    assert leads_to(workspace, "campaign")[1] == f"/w/acme/campaigns/new/?market={market.pk}"


def test_once_all_is_done_they_are_gone(as_manager, workspace):
    campaign = active_campaign(workspace=workspace, market=MarketFactory(workspace=workspace))
    MembershipFactory(workspace=workspace)
    assert "First steps" in as_manager.get(OVERVIEW).content.decode()

    call(campaign)

    page = as_manager.get(OVERVIEW).content.decode()
    assert "First steps" not in page
    assert "data-metric" in page


def test_a_manager_hides_them_and_shows_them_again(as_manager, workspace):
    page = as_manager.post("/w/acme/first-steps/", follow=True).content.decode()
    assert "0 of 5 done" not in page
    assert "No calls yet" in page
    assert "Hidden on the overview since" in as_manager.get("/w/acme/settings/").content.decode()

    page = as_manager.post("/w/acme/first-steps/", {"show": "yes"}, follow=True).content.decode()
    assert "0 of 5 done" in page


@pytest.mark.parametrize(("role", "can"), [("caller", "gives you its people"), ("viewer", "shows what came of them")])
def test_others_see_who_prepares_the_workspace_and_what_they_can_do(client, workspace, role, can):
    MembershipFactory(workspace=workspace, role="manager", user__first_name="Mara", user__last_name="Lockhart")
    client.force_login(MembershipFactory(workspace=workspace, role=role).user)

    page = " ".join(client.get(OVERVIEW).content.decode().split())

    assert "Mara Lockhart prepares its markets" in page
    assert can in page
    assert "First steps" not in page
    assert "/markets/new/" not in page


def test_confirmations_name_the_next_step(as_manager, workspace):
    def said(answer):
        return [strip_tags(str(message)).removesuffix("Undo\n").strip() for message in answer.context["messages"]]

    answer = as_manager.post("/w/acme/markets/new/", {"practice_area": "M&A", "geography": "Bern"}, follow=True)
    assert said(answer) == ["M&A -- Bern created. Next: import people."]
    answer = as_manager.post("/w/acme/team/", {"email": "new@acme.example", "role": "caller"}, follow=True)
    assert said(answer) == ["Invitation sent to new@acme.example. It works for 14 days. Next: import people."]
    market = workspace.markets.get()
    market.market_contacts.create(workspace=workspace, contact=ContactFactory(workspace=workspace))
    new = {"market": market.pk, "name": "Spring", "kind": "validation"}
    answer = as_manager.post("/w/acme/campaigns/new/", new, follow=True)
    assert said(answer) == ["Spring created as a draft. Next: choose its people."]
    draft = Campaign.objects.get()
    answer = as_manager.post(f"/w/acme/campaigns/{draft.pk}/contacts/add/", {"everybody": "yes"}, follow=True)
    assert said(answer) == ["1 person added to Spring. Next: activate it."]
    step = {"status": "active", "seen": "draft"}
    answer = as_manager.post(f"/w/acme/campaigns/{draft.pk}/status/", step, follow=True)
    assert said(answer) == ["Spring is active now. Next: call its people."]


def test_a_market_without_people_offers_to_import_them(as_manager, market):
    page = as_manager.get(f"/w/acme/markets/{market.pk}/").content.decode()

    assert f"/imports/new/?kind=people&amp;market={market.pk}" in page
    assert 'data-metric="calls_made' not in page


def test_a_viewer_of_a_market_without_people_is_told_whom_to_ask(as_viewer, market):
    page = as_viewer.get(f"/w/acme/markets/{market.pk}/").content.decode()

    assert "Ask a manager of Acme" in " ".join(page.split())
    assert "/imports/new/" not in page


def run_import(workspace, market):
    lines = ["Email", "ann@f.example", "bob@f.example"]
    return finished_import(workspace, *lines, market=market.pk, map={"Email": "email"})


def test_a_campaign_made_from_an_import_begins_with_its_people(as_manager, workspace, market):
    job = run_import(workspace, market)
    form = f"/w/acme/campaigns/new/?import={job.pk}&market={market.pk}"
    assert form.replace("&", "&amp;") in as_manager.get(f"/w/acme/imports/{job.pk}/").content.decode()

    new = {"market": market.pk, "name": "Spring", "kind": "validation"}
    answer = as_manager.post(form, new, follow=True)

    assert [str(each) for each in answer.context["messages"]] == [
        "Spring created as a draft with 2 people. Next: activate it."
    ]
    assert Campaign.objects.get().members.count() == 2


@pytest.mark.parametrize("job", ["", "0", "x", "99999999999999999999", "theirs"])
def test_an_import_that_is_none_of_the_workspace_adds_nobody(as_manager, workspace, market, job):
    other = MarketFactory()
    number = run_import(other.workspace, other).pk if job == "theirs" else job

    new = {"market": market.pk, "name": "Spring", "kind": "validation"}
    as_manager.post(f"/w/acme/campaigns/new/?import={number}", new)

    assert Campaign.objects.get().members.count() == 0
