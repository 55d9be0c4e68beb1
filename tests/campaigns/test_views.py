import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Campaign
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, call
from tests.reading import metric, version


@pytest.fixture
def draft(market):
    return CampaignFactory(market=market, name="Draft")


def landscape(market, count, **fields):
    people = [ContactFactory(workspace=market.workspace, **fields) for _ in range(count)]
    for person in people:
        market.market_contacts.create(workspace=market.workspace, contact=person)
    return people


def test_a_campaign_is_created_as_a_draft_and_goes_on_to_choosing_people(as_manager, manager, market):
    fields = {"market": market.pk, "name": "Q4", "kind": "coverage", "owner": manager.pk, "brief": "Listen first"}

    answer = as_manager.post(reverse("campaigns:create", args=["acme"]), fields)

    campaign = Campaign.objects.get()
    assert (campaign.status, campaign.created_by, campaign.workspace) == ("draft", manager, market.workspace)
    assert answer["Location"] == reverse("campaigns:choose", args=["acme", campaign.pk])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "DRAFT"}, "already has a campaign of that name"),
        ({"name": ""}, "This field is required"),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "ends before it starts"),
        ({"kind": "coverage", "ends_on": "2026-01-01"}, "Ongoing coverage has no end date"),
        ({"starts_on": "2026-02-30"}, "Enter a valid date"),
        ({"market": "999999"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_campaign_is_said(as_manager, draft, fields, sentence):
    posted = {"market": draft.market.pk, "name": "New", "kind": "validation"} | fields

    answer = as_manager.post(reverse("campaigns:create", args=["acme"]), posted)

    assert sentence in answer.content.decode()
    assert Campaign.objects.count() == 1


def test_a_campaign_stays_in_its_market(as_manager, draft):
    elsewhere = MarketFactory(workspace=draft.workspace)

    url = reverse("campaigns:edit", args=["acme", draft.pk])
    posted = {"market": elsewhere.pk, "name": "Renamed", "kind": "validation"}

    as_manager.post(url, posted | {"version": version(as_manager.get(url))})

    draft.refresh_from_db()
    assert (draft.name, draft.market != elsewhere) == ("Renamed", True)


def test_ticked_people_of_the_landscape_become_members(as_manager, draft):
    one, two, _ = landscape(draft.market, 3)
    stranger = ContactFactory(workspace=draft.workspace)

    as_manager.post(
        reverse("campaigns:choose", args=["acme", draft.pk]), {"contact": [one.pk, two.pk, stranger.pk, "x"]}
    )

    assert set(draft.members.values_list("contact", flat=True)) == {one.pk, two.pk}


def test_everybody_whom_the_filter_shows_can_be_chosen_at_once(as_manager, draft):
    chosen = landscape(draft.market, 3, firm="North LLP")
    landscape(draft.market, 2, firm="South LLP")
    url = reverse("campaigns:choose", args=["acme", draft.pk]) + "?firm=north"
    assert metric(as_manager.get(url), "rows") == 3

    as_manager.post(url, {"everybody": "yes"})

    assert set(draft.members.values_list("contact", flat=True)) == {person.pk for person in chosen}
    assert metric(as_manager.get(url), "rows") == 0


def test_a_filter_that_cannot_be_read_chooses_nobody(as_manager, draft):
    landscape(draft.market, 2)

    as_manager.post(reverse("campaigns:choose", args=["acme", draft.pk]) + "?q=%00", {"everybody": "yes"})

    assert not draft.members.exists()


def test_removing_needs_a_reason_and_coming_back_keeps_the_calls(as_manager, campaign):
    made = call(campaign)
    choose = reverse("campaigns:choose", args=["acme", campaign.pk])
    remove = f"{reverse('selection:remove', args=['acme'])}?in_campaign={campaign.pk}"
    as_manager.post(remove.replace("/remove/", "/"), {"contact": made.contact_id, "shown": made.contact_id})

    as_manager.post(remove, {"reason": ""})
    assert campaign.members.current().count() == 3
    as_manager.post(remove, {"reason": "Moved abroad"})
    assert campaign.members.current().count() == 2
    page = as_manager.get(reverse("campaigns:members", args=["acme", campaign.pk]) + "?state=removed")
    assert "Moved abroad" in page.content.decode()

    as_manager.post(choose, {"contact": made.contact_id})

    assert campaign.members.current().get(contact=made.contact).attempt_count == 1


@pytest.mark.parametrize(
    ("state", "count"), [("member", 3), ("called", 2), ("reached", 1), ("uncalled", 1), ("callable", 2)]
)
def test_members_are_listed_by_state(as_viewer, campaign, state, count):
    people = [each.contact for each in campaign.members.order_by("pk")]
    call(campaign, people[0])
    call(campaign, people[1], disposition="not_interested")

    page = as_viewer.get(reverse("campaigns:members", args=["acme", campaign.pk]), {"state": state})

    assert metric(page, "rows") == count


def test_a_status_page_without_rights_shows_no_buttons(as_viewer, campaign):
    page = as_viewer.get(reverse("campaigns:detail", args=["acme", campaign.pk])).content.decode()

    assert reverse("campaigns:status", args=["acme", campaign.pk]) not in page
    assert "Log a call" not in page


@pytest.mark.parametrize("page", ["", "?page=2"])
def test_every_page_of_a_list_has_its_rows_and_the_roll_up_of_all(as_viewer, campaign, page):
    call(campaign)
    CampaignFactory.create_batch(25, market=campaign.market)

    shown = as_viewer.get(reverse("campaigns:list", args=["acme"]) + page)

    assert shown.content.decode().count('data-row="campaign:') == (1 if page else 25)
    assert metric(shown, "calls_made", "workspace:acme") == 1


def test_a_part_of_a_list_asks_nothing_for_the_frame_around_it(as_viewer, campaign):
    def cost(**headers):
        with CaptureQueriesContext(connection) as queries:
            as_viewer.get(reverse("campaigns:list", args=["acme"]), headers=headers)
        return len(queries)

    cost()
    counts_of_the_navigation = 1
    assert cost() - cost(hx_request="true", hx_target="table") == counts_of_the_navigation


def test_the_list_shows_what_has_changed_since_it_was_cached(as_viewer, campaign):
    url = reverse("campaigns:list", args=["acme"])
    as_viewer.get(url)
    call(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(name="Renamed")

    page = as_viewer.get(url)

    assert "Renamed" in page.content.decode()
    assert metric(page, "calls_made", f"campaign:{campaign.pk}") == 1
