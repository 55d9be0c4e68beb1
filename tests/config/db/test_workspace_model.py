"""Queries and updates of a workspace's rows filter by the workspace as well as by key."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.test.utils import CaptureQueriesContext

from calls.models import Call
from campaigns.models import Campaign, CampaignContact, Status
from markets.models import Contact, Workspace
from tests.factories import WorkspaceFactory, active_campaign, call, member


@pytest.fixture
def campaign(db):
    """In a workspace with an id that no other row has."""
    return active_campaign(market__workspace=WorkspaceFactory(pk=77_000_001))


def statements(do):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        do()
    return [each["sql"] for each in captured]


def names_workspace(sql, table):
    return f'"{table}"."workspace_id" = 77000001' in sql


def test_a_filter_by_a_row_names_its_workspace(campaign):
    (sql,) = statements(lambda: list(CampaignContact.objects.filter(campaign=campaign)))

    assert names_workspace(sql, "campaigns_campaigncontact")


def test_so_does_one_by_several_rows_of_one_workspace(campaign):
    people = [campaign.members.get().contact, member(campaign).contact]

    (sql,) = statements(lambda: list(CampaignContact.objects.filter(contact__in=people)))

    assert names_workspace(sql, "campaigns_campaigncontact")


def test_rows_of_several_workspaces_are_all_found(campaign):
    other = active_campaign(market__workspace=WorkspaceFactory())

    found = CampaignContact.objects.filter(campaign__in=[campaign, other])

    assert {each.campaign for each in found} == {campaign, other}


def test_a_filter_by_a_key_alone_still_finds_rows(campaign):
    assert CampaignContact.objects.filter(campaign=campaign.pk).count() == 1
    assert CampaignContact.objects.filter(campaign__in=[campaign.pk]).count() == 1


def test_related_managers_and_rows_name_it(campaign):
    made = call(campaign)
    fresh = Call.objects.get(pk=made.pk)

    (of_manager,) = statements(lambda: list(campaign.calls.all()))
    (of_contact,) = statements(lambda: fresh.contact)
    with pytest.raises(Call.meeting.RelatedObjectDoesNotExist):
        statements(lambda: fresh.meeting)

    assert names_workspace(of_manager, "calls_call")
    assert names_workspace(of_contact, "markets_contact")


@pytest.mark.parametrize("key", ["pk", "contact"])
def test_a_subquery_compares_the_workspaces(campaign, key):
    outer = {"pk": Contact, "contact": CampaignContact}[key]
    call(campaign)

    found = outer.objects.filter(Exists(Call.objects.filter(contact=OuterRef(key))))
    (sql,) = statements(lambda: list(found))

    assert len(found) == 1
    assert f'"workspace_id" = ("{outer._meta.db_table}"."workspace_id")' in sql.partition("EXISTS")[2]


def test_a_key_that_a_subquery_gives_is_compared_as_it_is(campaign):
    newest = CampaignContact.objects.filter(contact=OuterRef("pk")).order_by("-pk").values("campaign")[:1]
    found = Contact.objects.annotate(newest_campaign=Subquery(newest)).filter(newest_campaign=campaign)

    assert [each.pk for each in found] == [campaign.members.get().contact_id]


def test_an_exclusion_by_a_row_keeps_rows_without_one_and_of_other_workspaces(campaign):
    following = active_campaign(market=campaign.market, follows=campaign)
    other = active_campaign(market__workspace=WorkspaceFactory())

    assert set(Campaign.objects.exclude(follows=campaign)) == {campaign, other}
    assert set(Campaign.objects.filter(follows=campaign)) == {following}


def test_saving_and_reloading_a_row_name_its_workspace_and_never_set_it(campaign):
    (update,) = statements(campaign.save)
    (reload,) = statements(campaign.refresh_from_db)

    assert names_workspace(update, "campaigns_campaign")
    assert '"workspace_id" =' not in update.partition(" WHERE ")[0]
    assert names_workspace(reload, "campaigns_campaign")


def test_a_row_never_moves_to_another_workspace(campaign):
    elsewhere = WorkspaceFactory()
    campaign.workspace = elsewhere

    with pytest.raises(DatabaseError), transaction.atomic():
        campaign.save(update_fields=["workspace", "status"])
    with pytest.raises(IntegrityError, match="belongs to another workspace"), transaction.atomic():
        campaign.save()
    with pytest.raises(Campaign.DoesNotExist):
        campaign.refresh_from_db()

    assert not elsewhere.campaigns.exists()


def test_a_row_that_was_read_without_its_workspace_is_reloaded_and_filters(campaign):
    thin = Campaign.objects.only("pk").get(pk=campaign.pk)

    assert len(statements(lambda: list(thin.members.all()))) == 1
    assert len(statements(lambda: thin.name)) == 1
    assert thin.name == campaign.name


def test_saving_a_row_that_was_read_without_its_workspace_writes_it(campaign):
    thin = Campaign.objects.only("status").get(pk=campaign.pk)
    thin.status = Status.PAUSED

    thin.save(update_fields=["status"])

    assert Workspace.objects.get(pk=77_000_001).campaigns.get().status == Status.PAUSED
