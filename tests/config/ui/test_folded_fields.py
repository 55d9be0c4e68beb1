"""Forms show the fields that matter first and fold the rare ones, unless one of these is wrong."""

import re

from django.urls import reverse

CAMPAIGN = reverse("campaigns:create", args=["acme"])


def folded(page):
    """The folded part of the form, and whether it is open."""
    found = re.search(r'<details class="folded"( open)?>(.*?)</details>', page, re.DOTALL)
    return found[2], bool(found[1])


def test_rare_fields_are_folded_and_the_others_are_not(as_manager, market):
    part, is_open = folded(as_manager.get(CAMPAIGN).content.decode())

    assert not is_open
    names = set(re.findall(r'name="(\w+)"', part))
    assert names > {"most_attempts", "rest_days", "calls_from", "calls_until", "calls_on_weekends", "follows"}
    assert not names & {"market", "name", "kind", "owner", "starts_on", "ends_on", "brief"}


def test_an_error_in_a_rare_field_opens_them(as_manager, market):
    new = {"market": market.pk, "name": "Spring", "kind": "validation", "calls_from": "20", "calls_until": "8"}

    part, is_open = folded(as_manager.post(CAMPAIGN, new).content.decode())

    assert is_open
    assert "Enter a later hour" in part


def test_what_is_folded_is_saved_like_the_rest(as_manager, market):
    new = {"market": market.pk, "name": "Spring", "kind": "validation", "most_attempts": "3"}

    as_manager.post(CAMPAIGN, new)

    assert market.campaigns.get().most_attempts == 3


def test_without_a_market_a_campaign_offers_to_create_one(as_manager, workspace):
    page = as_manager.get(CAMPAIGN).content.decode()

    assert "has no market yet" in page
    assert "/w/acme/markets/new/" in page
    assert 'name="market"' not in page
