"""Sample data to try: exactly its rows come and go, what people added stays, and all numbers equal a recount."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls.derived import check
from calls.models import Call
from campaigns.models import CampaignContact
from campaigns.notes.services import write_note
from markets.models import AuditEvent, Contact, Market, Membership
from signals.models import Signal
from signals.sample.trial import add_sample, foresee_removal, remove_sample
from tests.factories import ContactFactory, MarketFactory, active_campaign, call, member_of

URL = "/w/acme/sample-data/"
OTHERS = {AuditEvent, Membership}


def rows_of(workspace):
    """All rows of the workspace but its log, by model."""
    found = {}
    for model in apps.get_models():
        if model not in OTHERS and any(field.name == "workspace" for field in model._meta.concrete_fields):
            found[model._meta.label] = set(model._base_manager.filter(workspace=workspace).values_list("pk", flat=True))
    return found


@pytest.fixture
def sample(workspace, manager):
    add_sample(workspace=workspace, by=manager)
    workspace.refresh_from_db()
    return workspace


def test_the_sample_is_a_market_with_everything_and_its_numbers_are_right(sample):
    assert sample.markets.count() == 1
    assert sample.contacts.count() == 120
    assert {each.status for each in sample.campaigns.all()} == {"active", "completed"}
    assert sample.calls.count() > 200
    assert sample.signals.count() > 40
    assert check(sample) == []


def test_the_workspace_keeps_its_age(workspace, manager):
    before = workspace.created_at

    add_sample(workspace=workspace, by=manager)

    workspace.refresh_from_db()
    assert workspace.created_at == before


def test_removing_it_leaves_exactly_what_was_there(workspace, manager):
    workspace.tags.create(name="Ours")
    before, other = rows_of(workspace), rows_of(active_campaign().workspace)
    add_sample(workspace=workspace, by=manager)
    assert rows_of(workspace) != before
    workspace.refresh_from_db()

    remove_sample(workspace=workspace, by=manager)

    workspace.refresh_from_db()
    assert rows_of(workspace) == before
    assert other == rows_of(Market.objects.exclude(workspace=workspace).get().workspace)
    assert not workspace.has_sample_data


def test_what_people_added_stays_with_what_it_needs(sample, manager):
    campaign = sample.campaigns.active().get(follows=None)
    member = campaign.members.order_by("pk").first()
    own = call(campaign, member.contact, started_at=now() - timedelta(minutes=1))
    noted = sample.contacts.exclude(campaign_contacts__campaign=campaign).last()
    note, _ = write_note(workspace=sample, text="Ours", by=manager, contact=noted)

    removal = foresee_removal(sample)
    assert removal.added_in_words == "1 call, 1 note"
    assert removal.kept_in_words == "2 people, 1 campaign"
    remove_sample(workspace=sample, by=manager)

    assert list(Call.objects.all()) == [own]
    assert set(Contact.objects.all()) == {member.contact, noted}
    assert list(sample.campaigns.all()) == [campaign]
    assert CampaignContact.objects.get().attempt_count == 1
    assert not Signal.objects.exists()
    assert list(sample.notes.all()) == [note]
    assert check(sample) == []


def test_a_call_is_counted_on_a_day_whose_other_calls_were_of_the_sample(sample, manager):
    campaign = sample.campaigns.active().get(follows=None)
    of_sample = campaign.calls.order_by("pk").first()
    own = call(campaign, of_sample.contact, started_at=of_sample.started_at + timedelta(seconds=1))

    remove_sample(workspace=sample, by=manager)

    assert list(Call.objects.all()) == [own]
    assert check(sample) == []


def test_people_and_campaigns_of_ones_own_are_never_touched(sample, manager):
    market = MarketFactory(workspace=sample)
    own = active_campaign(workspace=sample, market=market)
    of_both = own.members.get().contact
    call(own)
    sampled = sample.contacts.order_by("pk").first()
    member_of(own, sampled)

    remove_sample(workspace=sample, by=manager)

    assert set(own.members.values_list("contact", flat=True)) == {of_both.pk, sampled.pk}
    assert list(sample.markets.all()) == [market]
    assert own.calls.count() == 1
    assert check(sample) == []


@pytest.mark.parametrize("has", ["people", "sample"])
def test_it_is_added_to_an_empty_workspace_once(workspace, manager, has):
    if has == "people":
        ContactFactory(workspace=workspace)
    else:
        add_sample(workspace=workspace, by=manager)
    before = rows_of(workspace)

    with pytest.raises(ValidationError):
        add_sample(workspace=workspace, by=manager)

    assert rows_of(workspace) == before


def test_a_manager_tries_and_removes_it_and_a_banner_says_so(as_manager, workspace):
    assert "Try with sample data" in as_manager.get("/w/acme/").content.decode()

    page = as_manager.post(URL, {"do": "add"}, follow=True).content.decode()
    assert "Sample data added." in page
    assert "holds sample data" in as_manager.get("/w/acme/contacts/").content.decode()
    assert "Nothing that people made is removed." in as_manager.get(URL).content.decode()

    page = as_manager.post(URL, {"do": "remove"}, follow=True).content.decode()
    assert "Sample data removed." in page
    assert "holds sample data" not in page
    assert not workspace.contacts.exists()


@pytest.mark.parametrize("do", ["", "both", "\0", "x" * 300])
def test_what_is_neither_adds_nor_removes(as_manager, workspace, do):
    page = as_manager.post(URL, {"do": do}, follow=True).content.decode()

    assert "Choose whether to add or to remove" in page
    assert not workspace.contacts.exists()


def test_removing_costs_no_more_with_more_rows_of_ones_own(sample):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            foresee_removal(sample)
        return len(captured)

    before = statements()
    for _ in range(5):
        call(active_campaign(workspace=sample, market=MarketFactory(workspace=sample)))

    assert statements() == before
