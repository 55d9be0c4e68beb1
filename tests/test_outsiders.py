"""Whoever has no rights to a market gets nothing of it: not from a chart, an export, the printed page or the mail."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from config.ui.periods import ALL_TIME
from markets.workspaces.invitations import remove_member
from signals.sharing.links import revoke
from signals.workspace_page.dashboard import dashboard_context
from tests import factories
from tests.firms import firm

SECRET = "Lisbon"
SHOWN = {
    "chart": ("markets:detail", ""),
    "charts of all markets": ("dashboard", ""),
    "printed page": ("review", ""),
    "export of calls": ("calls:list", "?_export=csv"),
    "export of signals": ("signals:list", "?_export=csv"),
    "export of people": ("markets:landscape", "?_export=csv"),
    "what is new": ("signals:list", "?since=2020-01-01T00:00:00Z"),
}


@pytest.fixture
def ours(db):
    return firm(SECRET, "ours")


@pytest.fixture
def strangers(ours):
    """A member of another workspace, one who was removed from ours, and one who is a member of none."""
    removed = factories.MembershipFactory(workspace=ours.workspace)
    remove_member(membership=removed)
    return [firm("Porto", "theirs").manager, removed.user, factories.UserFactory()]


def url_of(firm, what):
    name, query = SHOWN[what]
    ids = [firm.ids["market"]] if name in ("markets:detail", "markets:landscape") else []
    return reverse(name, args=["ours", *ids]) + query


def body_of(answer):
    return (answer.getvalue() if answer.streaming else answer.content).decode(errors="replace")


@pytest.mark.parametrize("what", SHOWN)
def test_a_stranger_gets_nothing_that_a_member_gets(client, ours, strangers, what):
    url = url_of(ours, what)
    client.force_login(ours.manager)
    assert SECRET in body_of(client.get(url))

    for stranger in strangers:
        client.force_login(stranger)
        answer = client.get(url)

        assert answer.status_code == 404
        assert SECRET not in body_of(answer)


@pytest.mark.parametrize("name", ["dashboard", "review", "calls:list", "signals:list"])
def test_the_pages_of_ones_own_workspace_have_nothing_of_another(client, ours, strangers, name):
    client.force_login(strangers[0])

    for query in ("", f"?market={ours.ids['market']}", f"?market={ours.ids['market']}&_export=csv"):
        assert SECRET not in body_of(client.get(reverse(name, args=["theirs"]) + query))


def test_the_charts_of_a_workspace_name_its_own_markets_alone(ours, strangers):
    titles = [
        row.spark.title
        for row in dashboard_context(strangers[0].memberships.get().workspace, ALL_TIME, None)["comparison"].rows
    ]

    assert titles == ["Conversations by week in Porto law -- Porto city"]


def test_a_mail_with_it_goes_to_its_members_alone(ours, strangers):
    call_command("weekly_mail")

    mails = {to: part for each in mail.outbox for to in each.to for part in [each.body + each.alternatives[0].content]}
    assert SECRET in mails.pop(ours.manager.email)
    assert strangers[0].email in mails
    assert not any(SECRET in each for each in mails.values())
    assert not {stranger.email for stranger in strangers[1:]} & mails.keys()


def test_who_may_not_see_the_workspace_cannot_ask_for_its_mail(client, ours, strangers):
    for stranger in strangers:
        client.force_login(stranger)

        assert client.post(reverse("weekly_mail", args=["ours"]), {"weekly_mail": "yes"}).status_code == 404
    assert not ours.workspace.memberships.filter(wants_weekly_mail=True).exists()


def test_a_shared_link_shows_a_stranger_its_page_and_nothing_else_until_it_is_revoked(client, ours, strangers):
    link = ours.workspace.shared_links.get()
    for stranger in [None, *strangers]:
        client.logout()
        if stranger:
            client.force_login(stranger)
        shared = client.get(reverse("shared_page", args=[ours.token]))

        assert SECRET in body_of(shared)
        for what in SHOWN:
            answer = client.get(url_of(ours, what))
            assert answer.status_code == (404 if stranger else 302)
            assert SECRET not in body_of(answer)
        for name in ("shared:list", "audit"):
            assert client.get(reverse(name, args=["ours"])).status_code == (404 if stranger else 302)
    revoke(link=link, by=ours.manager)

    assert client.get(reverse("shared_page", args=[ours.token])).status_code == 404
    assert SECRET not in body_of(client.get(reverse("shared_page", args=[ours.token])))
