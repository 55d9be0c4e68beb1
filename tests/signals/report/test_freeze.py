"""A report is frozen with the completion of its campaign, and never changes after that."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from campaigns.lifecycle.transitions import StatusConflict, change_status
from campaigns.models import CampaignReport, Status
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from signals.report import freeze
from signals.report.freeze import NotCompleted, freeze_again
from tests.factories import active_campaign, member


def test_completing_freezes_version_1(campaign, complete, manager):
    report = complete()

    assert (report.version, report.made_by, report.campaign) == (1, manager, campaign)
    assert report.made_at == campaign.status_changes.last().changed_at
    assert report.document["about"]["status"] == "Completed"
    assert report.document["about"]["history"][-1]["reason"] == "Enough was heard"


def test_other_steps_freeze_nothing(campaign, manager):
    change_status(campaign=campaign, to=Status.PAUSED, by=manager, reason="Holidays")

    assert not CampaignReport.objects.exists()


def test_if_the_report_fails_the_campaign_is_not_completed(campaign, complete, monkeypatch):
    def fail(*args):
        raise RuntimeError("No report today")

    monkeypatch.setattr(freeze, "build", fail)

    with pytest.raises(RuntimeError, match="No report today"):
        complete()

    campaign.refresh_from_db()
    assert campaign.is_active
    assert not campaign.status_changes.filter(to_status=Status.COMPLETED).exists()


def test_the_second_of_two_completers_is_told_and_freezes_nothing(campaign, complete, manager):
    complete()

    with pytest.raises(StatusConflict):
        change_status(campaign=campaign, to=Status.COMPLETED, by=manager, reason="Again", seen="active")

    assert campaign.reports.count() == 1


def test_a_new_version_leaves_the_old_one(campaign, complete, manager):
    first = complete()
    void(call=campaign.calls.first(), by=manager, reason="Twice in the log")

    second = freeze_again(campaign=campaign, by=manager)

    first.refresh_from_db()
    made = [report.document["metrics"]["rows"][1]["own"]["value"] for report in (first, second)]
    assert (second.version, made) == (2, [4, 3])


def test_only_a_completed_campaign_is_frozen_by_hand(campaign, manager):
    with pytest.raises(NotCompleted, match="isn't completed yet"):
        freeze_again(campaign=campaign, by=manager)


def test_a_voided_call_a_merge_and_an_erasure_leave_the_numbers(campaign, complete, person, manager):
    report = complete()
    before = report.document
    void(call=campaign.calls.get(contact=person("Di Silent")), by=manager, reason="Twice in the log")
    merge(keep=person("Cy Nolan"), merged=person("Ed Uncalled"), by=manager)
    erase(contact=person("Ada Booker"), by=None, reason="Asked by letter")

    report.refresh_from_db()
    after = report.document

    unchanged = ("metrics", "firms", "outcomes", "times", "next", "known_until", "summary", "members")
    assert {key: after[key] for key in unchanged} == {key: before[key] for key in unchanged}
    assert [row["outcomes"] for row in after["interest"]["rows"]] == [
        row["outcomes"] for row in before["interest"]["rows"]
    ]
    names = {person["name"] for person in after["people"].values()}
    assert "Ed Uncalled" in names
    assert "Ada Booker" not in json.dumps(after)
    assert "I want out by spring" not in json.dumps(after)


def test_an_erased_person_goes_from_documents_of_shared_links_too(campaign, person, manager):
    ada, ben = person("Ada Booker"), person("Ben Later")
    document = {
        "people": {str(each.pk): {"name": each.full_name, "firm": each.firm} for each in (ada, ben)},
        "movement": {"rows": [{"person": str(ada.pk), "after": "Active", "words": "Out by spring"}]},
        "note": "ada booker said so",
        "people_count": 2,
    }
    link = campaign.workspace.shared_links.create(
        market=campaign.market, document=document, token_hash="a", expires_at=now(), created_by=manager
    )

    erase(contact=ada, by=None, reason="Asked by letter")

    link.refresh_from_db()
    text = json.dumps(link.document).casefold()
    assert "booker" not in text
    assert "spring" not in text
    assert link.document["people"][str(ben.pk)]["name"] == "Ben Later"
    assert link.document["movement"]["rows"][0]["after"] == "Active"


def test_who_was_merged_is_erased_under_both_ids(campaign, complete, person, manager):
    report = complete()
    ada, ben = person("Ada Booker"), person("Ben Later")
    ids = [str(ada.pk), str(ben.pk)]
    merge(keep=ben, merged=ada, by=manager)
    erase(contact=ben, by=None, reason="Asked by letter")

    report.refresh_from_db()

    assert {report.document["people"][key]["name"] for key in ids} == {f"Erased person {ben.pk}"}


def test_a_namesake_keeps_the_name(campaign, complete, person):
    namesake = member(campaign, full_name="Ada Booker", email="other@ada.example").contact
    report = complete()
    ada = campaign.workspace.contacts.exclude(pk=namesake.pk).get(full_name="Ada Booker")

    erase(contact=ada, by=None, reason="Asked by letter")

    report.refresh_from_db()
    assert report.document["people"][str(namesake.pk)]["name"] == "Ada Booker"


def test_the_report_of_a_campaign_completed_in_the_past_is_as_of_then(market):
    campaign = active_campaign(market=market, workspace=market.workspace)
    change_status(campaign=campaign, to=Status.COMPLETED, by=None, reason="Done", at=now() - timedelta(days=9))

    document = campaign.reports.get().document

    assert document["known_until"] < (now() - timedelta(days=7)).isoformat()


def test_a_person_of_a_merged_id_leads_to_the_one_who_remains(campaign, complete, person, manager, as_viewer):
    complete()
    ben, cy = person("Ben Later"), person("Cy Nolan")
    old = ben.pk
    merge(keep=cy, merged=ben, by=manager)

    page = as_viewer.get(reverse("campaigns:report", args=["acme", campaign.pk]))

    link = reverse("contacts:detail", args=["acme", old])
    assert f'href="{link}">Ben Later</a>' in page.content.decode()
    assert as_viewer.get(link)["Location"] == reverse("contacts:detail", args=["acme", cy.pk])
