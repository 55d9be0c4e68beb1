"""What waits for a user, as the menu “Notifications” counts it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from campaigns.notes.services import write_note
from markets.models import Role
from markets.workspaces.access import Access, navigation_counts
from tests.factories import active_campaign, call, ended_import


@pytest.fixture
def waiting(market, caller, manager):
    """A due callback, a mention of both users, and imports of the manager: one since the last visit, one before it."""
    campaign = active_campaign(market=market)
    contact = campaign.members.first().contact
    due = {"started_at": now() - timedelta(hours=4), "callback_at": now() - timedelta(hours=3)}
    call(campaign, contact, disposition="callback_requested", caller=caller, **due)
    write_note(workspace=market.workspace, text="For @Caller and @Manager", by=None, contact=contact)
    manager.memberships.update(previous_visit_at=now() - timedelta(hours=5))
    for name, hours in (("new.csv", 1), ("old.csv", 6)):
        job = ended_import(market.workspace, name=name, by=manager)
        market.workspace.imports.filter(pk=job.pk).update(finished_at=now() - timedelta(hours=hours))
    return market.workspace


def counted(workspace, user, role):
    counts = navigation_counts(Access(workspace, role, user.memberships.get()))
    return counts["callbacks"], counts["mentions"], counts["imports"], counts["notifications"]


def test_mentions_due_callbacks_and_imports_since_the_last_visit_are_counted(waiting, caller, manager):
    assert counted(waiting, manager, Role.MANAGER) == (1, 1, 1, 3)
    assert counted(waiting, caller, Role.CALLER) == (1, 1, 0, 2)


def test_nobody_is_notified_of_callbacks_that_they_cannot_make(waiting, viewer):
    assert counted(waiting, viewer, Role.VIEWER) == (1, 0, 0, 0)


def test_the_menu_opens_what_it_counts(waiting, as_manager):
    page = as_manager.get(reverse("tags:list", args=["acme"])).content.decode()
    menu = page.split('class="menu notifications"')[1].split("</details>")[0]
    for url in ("mentions:list", "callbacks:list", "imports:list"):
        assert reverse(url, args=["acme"]) in menu
