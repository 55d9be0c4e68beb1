"""Tags on the pages of people and campaigns, in the filters of lists, and the list of tags."""

import pytest
from django.urls import reverse

from campaigns.tags.services import tag_campaign, tag_contacts
from tests.factories import ContactFactory
from tests.reading import metric

LIST = reverse("tags:list", args=["acme"])


@pytest.fixture
def ann(campaign):
    return campaign.members.order_by("pk").first().contact


@pytest.fixture
def alumni(workspace, ann):
    return tag_contacts(workspace=workspace, contacts=[ann], name="Alumni", by=None)


def tags_of(subject):
    kind = "contact" if subject._meta.model_name == "contact" else "campaign"
    return reverse(f"tags:{kind}", args=["acme", subject.pk])


def test_a_caller_tags_a_person_and_takes_it_off_again(as_caller, ann, workspace):
    page = as_caller.post(tags_of(ann), {"name": "Alumni"}, follow=True)
    assert 'title="Show all with this tag">Alumni</a>' in page.text

    page = as_caller.post(tags_of(ann), {"remove": workspace.tags.get().pk}, follow=True)

    assert "Show all with this tag" not in page.text


def test_htmx_gets_the_chips_alone(as_caller, ann):
    page = as_caller.post(tags_of(ann), {"name": "Alumni"}, headers={"HX-Request": "true"})

    assert page.text.strip().startswith('<div id="tags"')
    assert "Enter a tag of at most 60" in as_caller.post(tags_of(ann), {}, headers={"HX-Request": "true"}).text


def test_a_viewer_sees_tags_and_cannot_change_them(as_viewer, ann, alumni):
    page = as_viewer.get(reverse("contacts:detail", args=["acme", ann.pk]))

    assert "Alumni" in page.text
    assert "Add tag" not in page.text
    assert as_viewer.post(tags_of(ann), {"name": "Partner"}).status_code == 403


def test_only_a_manager_tags_a_campaign(client, manager, caller, campaign):
    client.force_login(caller)
    assert client.post(tags_of(campaign), {"name": "Pilot"}).status_code == 403
    client.force_login(manager)

    page = client.post(tags_of(campaign), {"name": "Pilot"}, follow=True)

    assert "Pilot" in page.text
    assert campaign.tags.get().added_by == manager


@pytest.mark.parametrize(("role", "is_offered"), [("manager", True), ("caller", False)])
def test_tags_of_a_campaign_are_offered_to_managers_alone(request, client, campaign, role, is_offered):
    client.force_login(request.getfixturevalue(role))

    page = client.get(reverse("campaigns:detail", args=["acme", campaign.pk]))

    assert (f'action="{tags_of(campaign)}"' in page.text) is is_offered


def test_a_name_that_is_too_long_is_said(as_caller, ann):
    page = as_caller.post(tags_of(ann), {"name": "x" * 61}, follow=True)

    assert "Enter a tag of at most 60 characters." in page.text


@pytest.mark.parametrize("name", ["contacts:list", "markets:landscape", "campaigns:members"])
def test_lists_of_people_are_filtered_by_tag(as_viewer, campaign, alumni, name):
    owner = {"markets:landscape": [campaign.market_id], "campaigns:members": [campaign.pk]}.get(name, [])
    url = reverse(name, args=["acme", *owner])

    assert metric(as_viewer.get(url, {"tag": alumni.pk}), "rows") == 1
    assert metric(as_viewer.get(url), "rows") == 3


def test_campaigns_are_filtered_by_tag(as_viewer, campaign, alumni):
    url = reverse("campaigns:list", args=["acme"])
    assert metric(as_viewer.get(url, {"tag": alumni.pk}), "rows") == 0

    tag_campaign(campaign=campaign, name="Alumni", by=None)

    assert metric(as_viewer.get(url, {"tag": alumni.pk}), "rows") == 1


def test_a_tag_of_another_workspace_is_no_choice(as_viewer, outsider):
    foreign = outsider.memberships.get().workspace.tags.create(name="Theirs")

    page = as_viewer.get(reverse("contacts:list", args=["acme"]), {"tag": foreign.pk})

    assert metric(page, "rows") == 0
    assert "cannot be filtered by" in page.text


def test_the_numbers_of_the_list_open_their_rows(as_viewer, workspace, campaign, alumni):
    tag_contacts(workspace=workspace, contacts=[ContactFactory(workspace=workspace)], name="Alumni", by=None)
    tag_campaign(campaign=campaign, name="Alumni", by=None)
    page = as_viewer.get(LIST)

    assert metric(page, "tagged_people", f"tag:{alumni.pk}") == 2
    assert metric(as_viewer.get(reverse("contacts:list", args=["acme"]), {"tag": alumni.pk}), "rows") == 2
    assert metric(page, "tagged_campaigns", f"tag:{alumni.pk}") == 1
    assert "Change…" not in page.text


def test_a_manager_renames_joins_and_deletes(as_manager, workspace, ann, alumni):
    other = tag_contacts(workspace=workspace, contacts=[ann], name="Ex", by=None)
    rename = reverse("tags:rename", args=["acme", other.pk])
    assert "Enter a tag of at most" in as_manager.post(rename, {"name": " "}, follow=True).text

    assert "Ex is now part of Alumni." in as_manager.post(rename, {"name": "alumni"}, follow=True).text
    page = as_manager.post(reverse("tags:delete", args=["acme", alumni.pk]), follow=True)

    assert "Tag Alumni deleted." in page.text
    assert not workspace.tags.exists()
