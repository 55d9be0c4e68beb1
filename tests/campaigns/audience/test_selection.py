"""Who is ticked for a campaign, also when two pages tick at once."""

import pytest
from django.db import connection

from campaigns.audience import Rule
from campaigns.audience.selection import MAX_REASON, Selection, enroll_by_rules
from campaigns.models import Campaign, SelectedContact
from tests import factories
from tests.campaigns.audience.test_rule import rule
from tests.campaigns.test_races import at_once


def candidates(campaign, count=3, **fields):
    contacts = [factories.ContactFactory(workspace=campaign.workspace, **fields) for _ in range(count)]
    for contact in contacts:
        campaign.market.market_contacts.create(workspace=campaign.workspace, contact=contact)
    return [contact.pk for contact in contacts]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers")
def test_two_pages_that_tick_the_same_people_at_once_tick_each_once():
    campaign = factories.CampaignFactory()
    user, people = factories.UserFactory(), candidates(campaign, 40)

    def tick(contacts):
        return lambda: Selection(Campaign.objects.get(pk=campaign.pk), user).set(shown=people, ticked=contacts)

    for _ in range(5):
        assert at_once(*[tick(people)] * 4) == [None] * 4
        assert Selection(campaign, user).count() == 40
        Selection(campaign, user).clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a race needs a server with several writers")
def test_ticking_while_people_are_added_loses_nobody_and_adds_nobody_twice():
    campaign = factories.CampaignFactory()
    user, people = factories.UserFactory(), candidates(campaign, 20)
    Selection(campaign, user).add(people[:10])

    def fresh():
        return Campaign.objects.select_related("market", "workspace").get(pk=campaign.pk)

    results = at_once(
        lambda: enroll_by_rules(campaign=fresh(), contacts=people[:10], by=user, rules=[]).people.count(),
        lambda: Selection(fresh(), user).add(people[10:]),
    )

    assert results == [10, None]
    assert campaign.members.count() == 10
    assert Selection(campaign, user).count() == 10


def test_ten_thousand_people_are_ticked_in_few_statements(market, django_assert_max_num_queries):
    campaign, user = factories.CampaignFactory(market=market), factories.UserFactory()
    contacts = candidates(campaign, 30)

    with django_assert_max_num_queries(6):
        Selection(campaign, user).add(contacts)
    assert SelectedContact.objects.count() == 30


def test_reasons_of_several_rules_are_joined_and_cut(campaign, manager):
    (person,) = candidates(campaign, 1, firm="F" * 200, city="C" * 120, seniority="S" * 80)
    conditions = [
        *({"kind": kind, "op": "contains", "values": [kind[0]]} for kind in ("firm", "city", "seniority", "firm")),
        {"kind": "search", "text": "F" * 190},
    ]
    rules = [Rule.parse(rule(each), campaign.workspace) for each in conditions]

    enroll_by_rules(campaign=campaign, contacts=[person], by=manager, rules=rules)

    reason = campaign.members.get(contact=person).added_reason
    assert reason.startswith(f"Firm is {'F' * 200}; City is {'C' * 120}; Seniority is {'S' * 80}; Found by")
    assert len(reason) == MAX_REASON


def test_only_whoever_was_added_is_unticked(campaign, manager):
    one, two, _ = candidates(campaign)
    selection = Selection(campaign, manager)
    selection.add([one, two])

    enroll_by_rules(campaign=campaign, contacts=[one], by=manager, rules=[])

    assert set(selection.people.values_list("pk", flat=True)) == {two}
