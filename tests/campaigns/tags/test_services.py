"""Tags of people and campaigns: one tag of a name, whatever its letter case."""

import pytest
from django.core.exceptions import ValidationError

from campaigns.lifecycle.transitions import delete_draft
from campaigns.tags.services import (
    delete_tag,
    offered_tags,
    rename_tag,
    tag_campaign,
    tag_contacts,
    untag,
    with_counts,
)
from markets.models import Tag
from signals.contacts.merge import merge
from tests.factories import CampaignFactory, ContactFactory, WorkspaceFactory


@pytest.fixture
def ann(workspace):
    return ContactFactory(workspace=workspace, full_name="Ann Person")


def put(contact, *names):
    for name in names:
        tag_contacts(workspace=contact.workspace, contacts=[contact], name=name, by=None)


def names_of(subject):
    return [tag.name for tag in offered_tags(subject) if tag.is_on]


def test_the_same_name_in_another_case_is_the_same_tag_and_is_added_once(workspace, ann):
    put(ann, "Alumni", " ALUMNI ", "alumni")

    assert names_of(ann) == ["Alumni"]
    assert workspace.tags.count() == 1


def test_another_workspace_has_tags_of_its_own(ann):
    put(ContactFactory(workspace=WorkspaceFactory()), "Alumni")
    put(ann, "Alumni")

    assert Tag.objects.count() == 2
    assert [tag.name for tag in offered_tags(ann)] == ["Alumni"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_name_it_cannot_have_is_refused(ann, name):
    with pytest.raises(ValidationError):
        put(ann, name)


def test_a_tag_is_taken_off_and_stays_for_others(workspace, ann):
    put(ann, "Alumni")

    untag(ann, workspace.tags.get(), by=None)

    assert names_of(ann) == []
    assert [tag.name for tag in offered_tags(ann)] == ["Alumni"]


def test_a_new_name_that_another_tag_has_joins_the_two(workspace, ann, campaign):
    bea = ContactFactory(workspace=workspace)
    put(ann, "Alumni", "Former colleague")
    put(bea, "Former colleague")
    tag_campaign(campaign=campaign, name="former COLLEAGUE", by=None)

    kept = rename_tag(tag=workspace.tags.get(name="Former colleague"), name="ALUMNI", by=None)

    assert kept == workspace.tags.get()
    assert [names_of(each) for each in (ann, bea, campaign)] == [["Alumni"]] * 3


def test_a_new_name_that_another_workspace_has_joins_nothing(workspace, ann):
    put(ContactFactory(), "Alumni")
    put(ann, "Former colleague")

    kept = rename_tag(tag=workspace.tags.get(), name="Alumni", by=None)

    assert (kept, kept.name) == (workspace.tags.get(), "Alumni")


def test_a_tag_keeps_its_people_when_it_is_renamed_also_only_in_case(workspace, ann):
    put(ann, "alumni")

    rename_tag(tag=workspace.tags.get(), name="Alumni 2020", by=None)
    assert names_of(ann) == ["Alumni 2020"]
    rename_tag(tag=workspace.tags.get(), name="ALUMNI 2020", by=None)
    assert names_of(ann) == ["ALUMNI 2020"]


def test_deleting_a_tag_takes_it_off_everything(workspace, ann, campaign):
    put(ann, "Alumni")
    tag_campaign(campaign=campaign, name="Alumni", by=None)

    delete_tag(tag=workspace.tags.get(), by=None)

    assert names_of(ann) == names_of(campaign) == []
    assert not workspace.tags.exists()


def test_each_tag_knows_how_many_have_it(workspace, ann, campaign):
    put(ann, "Alumni", "Partner")
    tag_campaign(campaign=campaign, name="Alumni", by=None)

    counts = with_counts(workspace.tags.all()).values_list("name", "people", "campaigns")

    assert list(counts) == [("Alumni", 1, 1), ("Partner", 1, 0)]


def test_a_merge_keeps_the_tags_of_both(workspace, ann):
    other = ContactFactory(workspace=workspace, full_name="Ann P")
    put(ann, "Alumni", "Partner")
    put(other, "Alumni")

    merge(keep=other, merged=ann, by=None)

    assert names_of(other) == ["Alumni", "Partner"]


def test_a_draft_with_tags_can_be_deleted(market):
    draft = CampaignFactory(market=market)
    tag_campaign(campaign=draft, name="Pilot", by=None)

    delete_draft(campaign=draft)

    assert not market.campaigns.exists()
