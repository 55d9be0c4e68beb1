"""A page of a list has its rows in the order of the list, however they were fetched."""

import pytest
from django.urls import reverse

from tests.factories import MembershipFactory
from tests.test_statements import grow

LISTS = [
    *("markets:list", "campaigns:list", "contacts:list", "calls:list", "signals:list", "callbacks:list"),
    *("meetings:list", "repairs:list", "imports:list", "suppressions:list", "audit", "off_limits:list", "shared:list"),
]
OF_A_CAMPAIGN = ["campaigns:members", "campaigns:choose", "campaigns:queue"]


@pytest.fixture
def lists(client, campaign):
    """The addresses of lists of a workspace with thirty of everything."""
    grow(campaign.market, campaign, 30)
    client.force_login(MembershipFactory(workspace=campaign.workspace, role="manager").user)
    slug = campaign.workspace.slug
    return [reverse(name, args=[slug]) for name in LISTS] + [
        reverse(name, args=[slug, campaign.pk]) for name in OF_A_CAMPAIGN
    ]


def shown_and_expected(client, address, **query):
    table = client.get(address, query, follow=True).context["table"]
    return [row.record for row in table.page.object_list], list(table.data.data[: table.paginator.per_page])


def test_the_first_page_begins_with_the_first_rows_of_the_list(client, lists):
    for address in lists:
        shown, expected = shown_and_expected(client, address)
        assert shown == expected, address


@pytest.mark.thorough
def test_a_page_is_sorted_as_the_list_is(client, lists):
    for address in lists:
        table = client.get(address).context["table"]
        for column in [column.name for column in table.columns if column.orderable]:
            for sort in (column, f"-{column}"):
                shown, expected = shown_and_expected(client, address, sort=sort)
                assert shown == expected, (address, sort)
