"""Changes and actions in the admin, and the messages with which it refuses others."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls import derived
from calls.models import CampaignDay, Meeting
from campaigns.models import Campaign, StatusChange
from markets.models import Contact, Workspace
from tests.config.admin_rows import one_of_each, path
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    MarketFactory,
    SuppressionFactory,
    WorkspaceFactory,
    call,
    member,
)
from tests.reading import version


@pytest.fixture
def rows(campaign, ops):
    return one_of_each(campaign, ops)


def test_a_draft_is_deleted_with_its_places(as_ops, market):
    draft = CampaignFactory(market=market)
    member(draft)

    assert as_ops.get(path(Campaign, "delete", draft.pk)).status_code == 200
    as_ops.post(path(Campaign, "delete", draft.pk), {"post": "yes"})

    assert not Campaign.objects.exists()
    assert Contact.objects.count() == 1


def test_a_draft_that_another_follows_stays(as_ops, market):
    draft = CampaignFactory(market=market)
    CampaignFactory(market=market, follows=draft)

    as_ops.post(path(Campaign, "delete", draft.pk), {"post": "yes"})

    assert Campaign.objects.count() == 2


def test_a_call_is_voided_with_a_reason_once(as_ops, ops, campaign):
    made = call(campaign)
    url = reverse("admin:calls_call_void", args=[made.pk])
    assert as_ops.get(url).status_code == 200
    assert "This field is required" in as_ops.post(url).content.decode()

    as_ops.post(url, {"reason": "Wrong person"})
    again = as_ops.post(url, {"reason": "Again"})

    made.refresh_from_db()
    assert (made.void_reason, made.voided_by) == ("Wrong person", ops)
    assert derived.check(campaign.workspace) == []
    assert "This call was voided already." in again.content.decode()


def test_a_campaign_takes_its_steps_and_refuses_others_with_a_sentence(as_ops, campaign):
    def step(name, **data):
        return as_ops.post(reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk]), data).content.decode()

    page = as_ops.get(path(Campaign, "change", campaign.pk)).content.decode()
    assert reverse("admin:campaigns_campaign_pause", args=[campaign.pk]) in page
    assert reverse("admin:campaigns_campaign_activate", args=[campaign.pk]) not in page

    assert "Say why: pause needs a reason." in step("pause")
    step("pause", reason="Holidays")
    assert "from there it cannot be made Paused" in step("pause", reason="Again")
    step("activate")
    assert "were not called yet" in step("complete")
    step("complete", reason="Enough")
    assert "Completed is final" in step("activate")

    steps = StatusChange.objects.filter(campaign=campaign).values_list("to_status", flat=True)
    assert list(steps) == ["active", "paused", "active", "completed"]


def test_a_suppression_is_lifted_with_a_reason_once(as_ops, ops, workspace):
    suppression = SuppressionFactory(workspace=workspace, email="a@b.example")
    url = reverse("admin:markets_suppression_lift", args=[suppression.pk])

    as_ops.post(url, {"reason": "She called us"})
    again = as_ops.post(url, {"reason": "Again"})

    suppression.refresh_from_db()
    assert (suppression.lift_reason, suppression.lifted_by) == ("She called us", ops)
    assert "was lifted already" in again.content.decode()


def test_somebody_is_taken_out_of_a_campaign_with_a_reason(as_ops, campaign):
    url = reverse("admin:campaigns_campaigncontact_remove", args=[campaign.members.first().pk])

    as_ops.post(url, {"reason": "Moved abroad"})

    assert campaign.members.current().count() == 2
    assert "was removed already" in as_ops.post(url, {"reason": "x"}).content.decode()


@pytest.mark.parametrize("action", ["calls_call_void", "markets_suppression_lift", "campaigns_campaign_pause"])
def test_an_action_on_a_row_that_is_not_there_says_so(as_ops, action):
    for pk in ("999", "abc", "%00", 10**30):
        assert as_ops.post(f"/admin/{action.replace('_', '/', 1).replace('_', f'/{pk}/')}/").status_code in (302, 404)


def test_a_meeting_is_moved_and_held_and_both_steps_are_kept(as_ops, ops, campaign):
    made = call(
        campaign,
        disposition="meeting_booked",
        started_at=now() - timedelta(days=9),
        meeting_at=now() + timedelta(days=2),
    )
    yesterday = now() - timedelta(days=1)
    posted = {"scheduled_at_0": f"{yesterday:%Y-%m-%d}", "scheduled_at_1": "09:30", "status": "held", "reason": ""}
    posted |= {"changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0}
    url = path(Meeting, "change", made.meeting.pk)

    as_ops.post(url, posted | {"version": version(as_ops.get(url))})

    made.meeting.refresh_from_db()
    assert made.meeting.status == "held"
    steps = made.meeting.changes.values_list("from_status", "to_status", "changed_by")
    assert list(steps) == [("scheduled", "scheduled", ops.pk), ("scheduled", "held", ops.pk)]


def test_a_meeting_that_has_not_come_is_not_held_in_the_admin_either(as_ops, rows):
    posted = {"scheduled_at_0": "2199-12-01", "scheduled_at_1": "09:30", "status": "held", "reason": "x"}
    posted |= {"changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0}
    before = rows[Meeting].changes.count()
    url = path(Meeting, "change", rows[Meeting].pk)

    page = as_ops.post(url, posted | {"version": version(as_ops.get(url))}).content.decode()

    assert "which has not come" in page
    rows[Meeting].refresh_from_db()
    assert (rows[Meeting].status, rows[Meeting].changes.count()) == ("scheduled", before)


def test_a_row_that_links_two_workspaces_is_a_form_error(as_ops, workspace):
    foreign = MarketFactory(workspace=WorkspaceFactory())
    own = MarketFactory(workspace=workspace)

    adding = as_ops.post(
        path(Campaign, "add"), {"workspace": workspace.pk, "market": foreign.pk, "name": "X", "kind": "validation"}
    )
    campaign = CampaignFactory(market=own)
    url = path(Campaign, "change", campaign.pk)
    posted = {"name": "X", "kind": "validation", "follows": CampaignFactory(market=foreign).pk}
    changing = as_ops.post(url, posted | {"version": version(as_ops.get(url))})

    assert "The market belongs to another workspace." in adding.content.decode()
    assert "The follows belongs to another workspace." in changing.content.decode()


def test_a_contact_is_normalised(as_ops, workspace):
    as_ops.post(
        path(Contact, "add"),
        {
            "workspace": workspace.pk,
            "first_name": "Ada ",
            "last_name": " Ng",
            "phone": "212 555 0147",
            "email": "A@B.EXAMPLE",
        },
    )

    contact = Contact.objects.get()
    assert (contact.full_name, contact.name_key) == ("Ada Ng", "ada ng")
    assert (contact.phone_e164, contact.email) == ("+12125550147", "a@b.example")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"phone": "4.47E+11"}, "was rounded by a spreadsheet"),
        ({"full_name": "Ada"}, "Nothing tells this person apart"),
        ({"email": "person@people.example"}, "has that email address already"),
        ({"email": "a@b.example", "timezone": "Mars/Base"}, "is not a time zone"),
        ({"profile_url": "javascript:alert(1)", "email": "a@b.example"}, "is not a web address"),
    ],
)
def test_what_is_wrong_with_a_contact_is_said(as_ops, workspace, typed, sentence):
    ContactFactory(workspace=workspace, email="person@people.example")
    other = ContactFactory(workspace=workspace)

    added = as_ops.post(path(Contact, "add"), {"workspace": workspace.pk, **typed})
    url = path(Contact, "change", other.pk)
    changed = as_ops.post(url, typed | {"version": version(as_ops.get(url))})

    assert sentence in added.content.decode().replace("&#x27;", "'")
    assert sentence in changed.content.decode()


def test_another_time_zone_counts_the_days_again(as_ops, campaign):
    workspace = campaign.workspace
    call(campaign, started_at=now().replace(hour=2) - timedelta(days=3))
    before = CampaignDay.objects.get().day

    as_ops.post(
        path(Workspace, "change", workspace.pk),
        {
            **{"name": "Acme", "slug": "acme", "timezone": "Asia/Tokyo", "phone_region": "US"},
            **{"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0},
        },
    )

    workspace.refresh_from_db()
    assert workspace.timezone == "Asia/Tokyo"
    assert CampaignDay.objects.get(call_count=1).day == before + timedelta(days=1)
    assert derived.check(workspace) == []
