"""An erasure reaches every text that a campaign's set-up, its notes, its reports and its links can hold of a person."""

import json

import pytest
from django.utils.timezone import now

from campaigns.audience.rule import Rule
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import enroll
from campaigns.models import Audience
from campaigns.notes.services import write_note
from campaigns.tags.services import tag_campaign
from markets.models import Contact, MarketContact, OffLimits
from signals.contacts.erasure import erase
from tests.factories import CampaignFactory, ContactFactory, WorkspaceFactory, call, signal
from tests.signals.contacts.erasure_data import PERSON
from tests.signals.contacts.test_erasure import remaining_mentions

NAME = PERSON["full_name"]


def searching(text):
    nested = {"match": "any", "conditions": [{"kind": "search", "text": text}, {"kind": "number"}]}
    return {"version": 1, "match": "all", "conditions": [nested]}


def write_everywhere(campaign, zelda, manager):
    """Her name in every text that these features store, about her and about others."""
    workspace = campaign.workspace
    bea = ContactFactory(workspace=workspace, full_name="Bea Hart", firm="Hart LLP")
    MarketContact.objects.create(workspace=workspace, market=campaign.market, contact=bea)
    enroll(campaign=campaign, contacts=[bea.pk], by=manager, reasons={bea.pk: f"Found by searching “{NAME}”"})
    for about in ({"contact": zelda}, {"contact": bea}, {"campaign": campaign}):
        write_note(workspace=workspace, text=f"{NAME} said so", by=manager, **about)
        workspace.tasks.create(title=f"Send {NAME} a letter", **about)
    OffLimits.objects.create(workspace=workspace, contact=zelda, reason=f"{NAME} asked", requested_by=NAME)
    OffLimits.objects.create(workspace=workspace, firm="Other LLP", reason="Asked", requested_by=NAME)
    rule = searching("Zelda Quarr")
    draft = CampaignFactory(market=campaign.market, kind="coverage", rule=rule, priority_rule=rule, is_living=True)
    workspace.audiences.create(name=f"Colleagues of {NAME}", rule=rule)
    workspace.audiences.create(name="By word", rule=searching("quarringt"))
    proposal = draft.audience_proposals.create(workspace=workspace, rule=rule)
    proposal.changes.create(workspace=workspace, contact=bea, change="join", reason=f"Found by searching “{NAME}”")
    tag_campaign(campaign=campaign, name=f"As {NAME} wished", by=manager)
    signal(call(campaign, zelda, disposition="future_potential"), evidence=f"{NAME} is moving")
    change_status(campaign=campaign, to="completed", by=manager, reason="Done")
    report = campaign.reports.get()
    workspace.shared_links.create(
        report=report,
        token_hash="canary",
        label=f"For {NAME}",
        expires_at=now(),
        document=report.document,
        shows_people=True,
    )
    return draft


def test_no_text_of_a_campaigns_life_names_the_person_afterwards(campaign, zelda, manager):
    Contact.objects.filter(pk=zelda.pk).update(firm="Vale LLP")  # a report keeps its counts by firm
    zelda.refresh_from_db()
    draft = write_everywhere(campaign, zelda, manager)
    assert {table for table, _ in remaining_mentions()} >= {
        *("campaigns_note", "campaigns_task", "campaigns_audience", "campaigns_campaign", "campaigns_audienceproposal"),
        *("campaigns_proposedchange", "campaigns_campaigncontact", "campaigns_campaignreport", "campaigns_sharedlink"),
        *("markets_offlimits", "markets_tag"),
    }

    erase(contact=zelda, by=None, reason="Request 204")

    assert remaining_mentions() == []
    draft.refresh_from_db()
    for rule in (draft.rule, draft.priority_rule, *Audience.objects.values_list("rule", flat=True)):
        assert Rule.parse(rule, draft.workspace).sentences(draft.workspace)
        assert "Erased with the person" in json.dumps(rule)


@pytest.mark.parametrize("text", ["Partner", "Zelda"])
def test_a_search_that_finds_others_too_stays(workspace, campaign, zelda, text):
    ContactFactory(workspace=workspace, full_name="Zelda Stone", title="Partner")
    audience = workspace.audiences.create(name="Partners", rule=searching(text))

    erase(contact=zelda, by=None, reason="Request 204")

    audience.refresh_from_db()
    assert audience.rule == searching(text)


def test_no_rule_of_another_workspace_changes(campaign, zelda):
    audience = WorkspaceFactory().audiences.create(name=NAME, rule=searching(NAME))

    erase(contact=zelda, by=None, reason="Request 204")

    audience.refresh_from_db()
    assert (audience.name, audience.rule) == (NAME, searching(NAME))
