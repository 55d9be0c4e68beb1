"""The name by which others know a user, and the account pages beside the sections of a workspace."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from markets.models import Membership
from tests.factories import MembershipFactory, WorkspaceFactory

NAME = "/accounts/name/"
PAGES = [NAME, *map(reverse, ["account_email", "account_change_password", "mfa_index", "account_sessions"])]


@pytest.fixture
def caller(client, workspace):
    user = MembershipFactory(workspace=workspace, role="caller", last_seen_at=now()).user
    client.force_login(user)
    return user


def test_a_name_is_edited_and_shown_to_others(client, caller, workspace):
    page = client.post(NAME, {"first_name": " Ada ", "last_name": "Byron  King"}, follow=True).content.decode()
    assert "Saved. Colleagues see you as Ada Byron King." in page

    client.force_login(MembershipFactory(workspace=workspace, role="manager").user)
    assert "Ada Byron King" in client.get("/w/acme/team/").content.decode()


@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 151])
def test_what_is_no_name_is_refused_and_changes_nothing(client, caller, name):
    before = str(caller)

    answer = client.post(NAME, {"first_name": name, "last_name": ""})

    caller.refresh_from_db()
    assert answer.context["form"].errors
    assert str(caller) == before
    assert before in answer.content.decode()


def test_markup_in_a_name_is_text(client, caller):
    page = client.post(NAME, {"first_name": "<b>Ada", "last_name": ""}, follow=True).content.decode()

    assert "&lt;b&gt;Ada" in page
    assert "<b>Ada" not in page


def test_nobody_has_a_name_page_without_signing_in(client):
    assert client.get(NAME).url == f"{reverse('account_login')}?next={NAME}"


@pytest.mark.parametrize("address", PAGES)
def test_account_pages_are_beside_the_workspace_opened_last(client, caller, workspace, address):
    other = WorkspaceFactory(name="Elsewhere Search")
    MembershipFactory(workspace=other, user=caller, last_seen_at=now() - timedelta(days=1))

    page = client.get(address).content.decode()

    assert "/w/acme/campaigns/" in page
    assert "Elsewhere Search" not in page
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("state", ["never opened", "archived", "left", "needs a second factor"])
def test_otherwise_they_are_beside_no_workspace(client, caller, workspace, state):
    match state:
        case "never opened":
            Membership.objects.update(last_seen_at=None)
        case "archived":
            workspace.archived_at = now()
        case "left":
            Membership.objects.all().delete()
        case _:
            workspace.requires_second_factor = True
    workspace.save()

    page = client.get(NAME).content.decode()

    assert "/w/acme/" not in page
    assert "Name and language" in page
