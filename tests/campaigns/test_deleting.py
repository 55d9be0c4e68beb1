"""A Draft goes with everything that was set up for it, unless another campaign needs it."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from campaigns.membership import enroll, remove
from campaigns.models import Absence, AudienceProposal, Campaign, CampaignSource
from campaigns.notes.services import write_note
from campaigns.tags.services import tag_campaign
from markets.models import MarketContact
from markets.workspaces.audit import record_event
from tests.factories import CampaignFactory, ContactFactory, MembershipFactory, UserFactory, ended_import


@pytest.fixture
def draft(market):
    return CampaignFactory(market=market, name="Spring")


def delete(client, campaign):
    answer = client.post(reverse("campaigns:delete", args=["acme", campaign.pk]))
    connection.check_constraints()
    return answer


def set_up(draft, manager):
    """Everything that can hang on a Draft. Returns a member of it."""
    workspace = draft.workspace
    chosen, ticked = (ContactFactory(workspace=workspace) for _ in range(2))
    for contact in (chosen, ticked):
        MarketContact.objects.create(workspace=workspace, market=draft.market, contact=contact)
    enroll(campaign=draft, contacts=[chosen.pk], by=manager, reasons={chosen.pk: "Firm is Fox"})
    remove(campaign=draft, contacts=[chosen.pk], by=manager, reason="Away")
    enroll(campaign=draft, contacts=[chosen.pk], by=manager)
    draft.members.update(assigned_to=manager)
    draft.selected_contacts.create(workspace=workspace, contact=ticked, user=manager)
    draft.goals.create(workspace=workspace, kind="meetings", target=3)
    draft.callers.create(workspace=workspace, user=manager)
    earlier = CampaignFactory(market=draft.market, name="Winter")
    draft.campaign_sources.create(workspace=workspace, source=earlier)
    Campaign.objects.filter(pk=draft.pk).update(follows=earlier)
    MembershipFactory(workspace=workspace, user=UserFactory(first_name="Zoe"))
    write_note(workspace=workspace, text="@Zoe about all", by=manager, campaign=draft)
    write_note(workspace=workspace, text="@Zoe about one", by=manager, campaign=draft, contact=chosen)
    workspace.tasks.create(title="Choose people", campaign=draft)
    workspace.tasks.create(title="Find a number", campaign=draft, contact=chosen)
    tag_campaign(campaign=draft, name="Pilot", by=manager)
    record_event(workspace=workspace, user=manager, action="callers_changed", subject=draft, summary="One caller")
    for superseded_at, decision in ((now(), "refused"), (None, "accepted"), (None, "")):
        proposal = AudienceProposal.objects.filter(campaign=draft, superseded_at=superseded_at).first()
        proposal = proposal or AudienceProposal.objects.create(
            workspace=workspace, campaign=draft, rule={"version": 1}, superseded_at=superseded_at
        )
        proposal.changes.create(
            workspace=workspace,
            contact=ContactFactory(workspace=workspace),
            change="join",
            decision=decision,
            decided_at=now() if decision else None,
        )
    ended_import(workspace, by=manager)
    workspace.imports.update(options={"market": draft.market_id, "campaign": draft.pk})
    condition = {"kind": "member", "of": "campaigns", "campaigns": [draft.pk]}
    workspace.audiences.create(name="Of spring", rule={"version": 1, "match": "all", "conditions": [condition]})
    return chosen


def test_a_draft_goes_with_everything_that_was_set_up(as_manager, manager, draft):
    person = set_up(draft, manager)

    answer = delete(as_manager, draft)

    assert answer.status_code == 302
    assert [each.name for each in Campaign.objects.all()] == ["Winter"]
    assert not Absence.objects.exists()
    assert not AudienceProposal.objects.exists()
    assert [note.text for note in person.notes.all()] == ["@Zoe about one"]
    assert [task.title for task in person.tasks.all()] == ["Find a number"]


@pytest.mark.parametrize("page", ["contacts/", "imports/", "audiences/", "audit/", "tasks/", "campaigns/", ""])
def test_what_named_it_still_opens(as_manager, manager, workspace, draft, page):
    set_up(draft, manager)
    delete(as_manager, draft)

    assert as_manager.get(f"/w/acme/{page}").status_code == 200
    assert as_manager.get(f"/w/acme/imports/{workspace.imports.get().pk}/").status_code == 200
    assert as_manager.get(f"/w/acme/audiences/{workspace.audiences.get().pk}/").status_code == 200


def followed(draft):
    return CampaignFactory(market=draft.market, name="Summer", follows=draft)


def used_as_source(draft):
    summer = CampaignFactory(market=draft.market, name="Summer")
    CampaignSource.objects.create(workspace=draft.workspace, campaign=summer, source=draft)


@pytest.mark.parametrize("need", [followed, used_as_source])
def test_a_draft_that_another_campaign_needs_stays(as_manager, manager, draft, need):
    set_up(draft, manager)
    need(draft)

    answer = delete(as_manager, draft)

    assert answer.status_code == 409
    assert "Summer follows it" in answer.text
    assert draft.members.exists()
    assert draft.goals.exists()


def test_ops_staff_hear_it_too(as_ops, draft):
    used_as_source(draft)
    url = reverse("admin:campaigns_campaign_delete", args=[draft.pk])

    asked, posted = as_ops.get(url), as_ops.post(url, {"post": "yes"})

    assert "Summer follows it" in asked.text
    assert posted.status_code in (200, 403)
    assert Campaign.objects.filter(pk=draft.pk).exists()
