"""Regular mails, and how their readers unsubscribe."""

import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils.timezone import now

from markets.models import Membership
from markets.workspaces.invitations import remove_member
from markets.workspaces.subscriptions import Subscription, unsubscribe_headers
from tests.commands import run_command

SITE = "https://portal.example"


def path_of(membership, subscription):
    header = unsubscribe_headers(membership, subscription, SITE)["List-Unsubscribe"]
    return re.fullmatch(rf"<{SITE}(/unsubscribe/\S+/)>", header).group(1)


@pytest.fixture
def membership(workspace, manager):
    return Membership.objects.get(user=manager)


@pytest.mark.parametrize("subscription", Subscription)
def test_one_click_in_a_mail_program_ends_these_mails_and_no_others(membership, subscription):
    mail_program = Client(enforce_csrf_checks=True)

    response = mail_program.post(path_of(membership, subscription), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    membership.refresh_from_db()
    wants = {each: getattr(membership, each.field) for each in Subscription}
    assert wants.pop(subscription) is False
    assert False not in wants.values()


def test_opening_the_link_only_asks(client, membership):
    page = client.get(path_of(membership, Subscription.WEEKLY))

    assert "Do you want to stop the weekly mail of Acme?" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    membership.refresh_from_db()
    assert membership.gets_weekly_mail


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_token_and_that_of_a_former_member_find_nothing(client, membership, method, user_of_other):
    path = path_of(membership, Subscription.WEEKLY)
    forged = path.replace("/unsubscribe/", "/unsubscribe/x")
    remove_member(membership=Membership.objects.get(user=user_of_other))

    assert getattr(client, method)(forged).status_code == 404
    assert getattr(client, method)(path_of(Membership(pk=2_000_000_000), Subscription.WEEKLY)).status_code == 404
    assert getattr(client, method)(path).status_code == 200


@pytest.fixture
def user_of_other(viewer):
    return viewer


def test_the_weekly_mail_offers_it_to_each_reader(membership, settings):
    settings.PORTAL_URL = SITE

    with time_machine.travel(now(), tick=False):  # the address holds the second in which it was made
        run_command("weekly_mail")
        address = path_of(membership, Subscription.WEEKLY)

    (message,) = mail.outbox
    assert message.extra_headers["List-Unsubscribe"] == f"<{SITE}{address}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
