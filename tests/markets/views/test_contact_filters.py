"""Filters of the lists of people."""

from django.urls import reverse

from tests.factories import ContactFactory, MarketFactory, WorkspaceFactory
from tests.reading import metric


def test_the_others_are_those_outside_the_largest_groups_of_the_workspace(as_viewer, workspace):
    ContactFactory(workspace=workspace, firm="Quill LLP")
    ContactFactory(workspace=workspace, firm="")
    elsewhere = WorkspaceFactory()
    for number in range(16):
        ContactFactory(workspace=elsewhere, firm=f"Firm {number % 8}")

    page = as_viewer.get(reverse("contacts:list", args=["acme"]), {"others": "firm"})

    assert metric(page, "rows") == 1


def test_a_market_of_another_workspace_is_no_choice(as_viewer, workspace):
    ContactFactory(workspace=workspace)

    page = as_viewer.get(reverse("contacts:list", args=["acme"]), {"market": MarketFactory().pk})

    assert metric(page, "rows") == 0
    assert "cannot be filtered by" in page.text
