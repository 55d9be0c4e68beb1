"""Whom a dialer's log means when people were merged since."""

import pytest

from calls.callees import Callees
from markets.rejects import RowRefused
from signals.merging import merge
from tests.factories import ContactFactory, member

KEYS = ["CRM-2", "BOB@people.example", "(212) 555-0177"]


@pytest.fixture
def robert(campaign):
    """Bob and Rob were merged into him, one after the other."""
    robert = member(campaign, full_name="Robert Stone", external_id="CRM-1").contact
    rob = ContactFactory(workspace=campaign.workspace, full_name="Rob Stone")
    bob = ContactFactory(
        workspace=campaign.workspace,
        full_name="Bob Stone",
        external_id="CRM-2",
        email="bob@people.example",
        phone="212 555 0177",
    )
    merge(keep=rob, merged=bob, by=None)
    merge(keep=robert, merged=rob, by=None)
    return robert


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_of_who_was_merged_mean_the_kept_person(campaign, robert, name):
    assert Callees(campaign, [name]).find(name).pk == robert.pk


@pytest.mark.parametrize("name", KEYS[:2])
def test_who_has_such_a_key_today_comes_before(campaign, robert, name):
    today = member(campaign, external_id="CRM-2", email="bob@people.example").contact

    assert Callees(campaign, [name]).find(name).pk == today.pk


def test_a_number_that_was_merged_away_is_shared_with_who_has_it_today(campaign, robert):
    member(campaign, full_name="Maria Lind", phone="212 555 0177")

    with pytest.raises(RowRefused, match="belongs to several people in the campaign"):
        Callees(campaign, [KEYS[2]]).find(KEYS[2])
