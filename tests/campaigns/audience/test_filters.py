"""Lists of people filtered by a saved audience or by a rule of the address."""

import json
import zlib
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from campaigns.audience import RuleInvalid
from campaigns.audience.links import MAX_LENGTH, decode_rule, encode_rule
from tests import factories
from tests.campaigns.audience.test_rule import rule
from tests.reading import metric

NORTH = rule({"kind": "firm", "op": "is", "values": ["North LLP"]})


@pytest.fixture
def lists(market):
    """The lists that can be filtered by a rule."""
    campaign = factories.CampaignFactory(market=market)
    for firm in ("North LLP", "South LLP"):
        contact = factories.ContactFactory(workspace=market.workspace, firm=firm)
        market.market_contacts.create(workspace=market.workspace, contact=contact)
    return [
        reverse("contacts:list", args=["acme"]),
        reverse("markets:landscape", args=["acme", market.pk]),
        reverse("campaigns:choose", args=["acme", campaign.pk]),
    ]


def test_lists_show_the_people_of_a_rule_and_what_it_says(as_manager, lists):
    for url in lists:
        page = as_manager.get(url, {"rule": encode_rule(NORTH)})

        assert metric(page, "rows") == 1
        assert "Rule: All of these: Firm is “North LLP” ×" in page.content.decode()


def test_lists_show_the_people_of_an_audience(as_manager, workspace, lists):
    audience = workspace.audiences.create(name="Northerners", rule=NORTH)

    for url in lists:
        page = as_manager.get(url, {"audience": audience.pk})

        assert metric(page, "rows") == 1
        assert "Audience: Northerners: All of these: Firm is “North LLP” ×" in page.content.decode()


def test_exports_obey_the_rule(as_manager, lists):
    for url in lists:
        answer = as_manager.get(url, {"rule": encode_rule(NORTH), "_export": "csv"})

        text = b"".join(answer.streaming_content).decode()
        assert "North LLP" in text
        assert "South LLP" not in text


@pytest.mark.parametrize(
    "text",
    [
        *("x", "{", "{}", "[]", '{"version": 1}', "null", "%", "é", "eJ", "🙂", "[" * 50_000),
        '{"version": 1, "match": "all", "conditions": [{"kind": "market", "markets": [987654321]}]}',
        '{"version": 1, "match": "all", "conditions": [{"kind": "search", "text": "\\u0000"}]}',
        "{" + '"match": {' * 3000,
        urlsafe_b64encode(zlib.compress(b" " * 10**8)).decode(),
        urlsafe_b64encode(zlib.compress(b"{}")[:-3]).decode(),
    ],
    ids=lambda text: text[:12],
)
def test_a_rule_that_cannot_be_used_shows_nobody_and_says_why(as_manager, lists, text):
    for url in lists:
        page = as_manager.get(url, {"rule": text})

        assert page.status_code == 200
        assert metric(page, "rows") == 0
        assert "cannot be filtered by" in page.content.decode()


def test_foreign_audiences_do_not_exist(as_manager, lists):
    foreign = factories.WorkspaceFactory().audiences.create(name="Theirs", rule=NORTH)

    for url in lists:
        page = as_manager.get(url, {"audience": foreign.pk})

        assert metric(page, "rows") == 0
        assert "Theirs" not in page.content.decode()


def test_as_of_a_past_day_the_rule_means_what_was_known_then(as_viewer, workspace, campaign):
    called = campaign.members.first().contact
    workspace.contacts.update(created_at=now() - timedelta(days=30))
    campaign.members.update(added_at=now() - timedelta(days=30))
    factories.call(campaign, called)
    url, day = reverse("contacts:list", args=["acme"]), (workspace.today() - timedelta(days=3)).isoformat()
    query = {"rule": encode_rule(rule({"kind": "attempts", "op": "at_least", "count": 1}))}

    assert metric(as_viewer.get(url, query), "rows") == 1
    assert metric(as_viewer.get(url, query | {"as_of": day}), "rows") == 0


def test_lists_open_the_editor_with_their_rule(as_manager, lists, market):
    text = encode_rule(NORTH)
    pages = [as_manager.get(url, {"rule": text}).content.decode() for url in lists[:2]]
    find = reverse("audiences:explore", args=["acme"])

    assert f"{find}?rule={text}" in pages[0]
    assert f"{find}?rule={text}&amp;in_market={market.pk}" in pages[1]


def test_a_rule_in_an_address_is_short_and_comes_back():
    long = rule({"kind": "member", "of": "campaigns", "campaigns": list(range(1000, 1100))})

    assert decode_rule(encode_rule(long)) == long
    assert len(encode_rule(long)) < 600
    assert decode_rule(json.dumps(long)) == long


def test_a_small_text_that_expands_without_end_is_not_expanded():
    with pytest.raises(RuleInvalid):
        decode_rule(urlsafe_b64encode(zlib.compress(b'"' + b"x" * MAX_LENGTH * 100 + b'"')).decode())
