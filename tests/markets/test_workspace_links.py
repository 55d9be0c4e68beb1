"""Rows that refer to another workspace are refused, by forms and by the database itself."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from calls.models import Call
from campaigns.models import (
    Campaign,
    CampaignContact,
    CampaignTag,
    Note,
    Task,
)
from config.db.composite_keys import CompositeForeignKey
from markets.models import (
    ContactTag,
    MarketContact,
    OffLimits,
    Suppression,
)
from signals.models import Signal, SignalSuggestion
from tests.factories import (
    ContactFactory,
    MarketFactory,
    WorkspaceFactory,
    active_campaign,
    call,
    member,
    signal,
)
from tests.markets.crossing_rows import ROWS, TwoWorkspaces


def save_and_check(row):
    """Saves and checks the foreign keys, which are otherwise checked at commit: a test never commits."""
    with transaction.atomic():
        row.save()
        connection.check_constraints()


@pytest.fixture
def other(db):
    return active_campaign(market=MarketFactory(workspace=WorkspaceFactory()))


def is_refused_by(key, row):
    try:
        key.validate(type(row), row)
    except ValidationError:
        return True
    return False


def keys_of(model):
    return [each for each in model._meta.constraints if isinstance(each, CompositeForeignKey)]


def test_every_key_between_rows_of_a_workspace_has_a_row_here(campaign, other):
    both = TwoWorkspaces(campaign, other)
    rows = [make(both) for make in ROWS.values()]
    broken = {key.name for row in rows for key in keys_of(type(row)) if is_refused_by(key, row)}

    assert sorted({key.name for model in apps.get_models() for key in keys_of(model)} - broken) == []


@pytest.mark.parametrize("link", ROWS)
def test_no_row_links_two_workspaces(campaign, other, link):
    row = ROWS[link](TwoWorkspaces(campaign, other))

    with pytest.raises(ValidationError):
        row.full_clean()
    with pytest.raises(IntegrityError):
        save_and_check(row)


def test_the_same_rows_unbent_are_kept(campaign):
    """The control: rows of the test above are refused for the foreign key alone."""
    ours, market = campaign.workspace, campaign.market
    made = call(campaign, disposition="future_potential")
    rows = [
        Campaign(workspace=ours, market=market, name="Straight", follows=campaign),
        MarketContact(workspace=ours, market=market, contact=ContactFactory(workspace=ours)),
        CampaignContact(workspace=ours, campaign=campaign, contact=ContactFactory(workspace=ours)),
        Suppression(workspace=ours, contact=made.contact, reason="Straight"),
        OffLimits(workspace=ours, contact=made.contact, reason="Straight"),
        Note(workspace=ours, contact=made.contact, campaign=campaign, text="Straight"),
        Task(workspace=ours, contact=made.contact, campaign=campaign, title="Straight"),
        ContactTag(workspace=ours, contact=made.contact, tag=ours.tags.create(name="Straight")),
        CampaignTag(workspace=ours, campaign=campaign, tag=ours.tags.get(name="Straight")),
        Call(workspace=ours, campaign=campaign, contact=made.contact, started_at=now()),
        Signal(workspace=ours, call=made, contact=made.contact, type="firm_stability", value="Stable", heard_at=now()),
        SignalSuggestion(workspace=ours, call=made, type="firm_stability", value="Stable", rule="straight"),
    ]
    for row in rows:
        row.full_clean()
        save_and_check(row)


def test_a_call_is_to_a_member_of_its_campaign(campaign):
    stranger = ContactFactory(workspace=campaign.workspace)

    with pytest.raises(IntegrityError):
        save_and_check(Call(workspace=campaign.workspace, campaign=campaign, contact=stranger, started_at=now()))


def test_a_signal_is_about_the_person_of_its_call(campaign):
    made = signal(call(campaign, disposition="future_potential"))
    made.contact = member(campaign).contact

    with pytest.raises(IntegrityError):
        save_and_check(made)
