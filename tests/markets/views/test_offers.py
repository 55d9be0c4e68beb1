"""What pages offer to managers or callers alone, in states of their rows that few pages are in."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from markets.models import Suppression
from markets.suppressions.services import add
from tests.factories import call, completed_campaign, ended_import

EXPECTED = {"manager": True, "caller": False, "viewer": False}


@pytest.fixture
def offered(client, manager, caller, viewer):
    """To whom a page shows some words."""

    def find(words, name, *ids):
        shown = {}
        for role, user in {"manager": manager, "caller": caller, "viewer": viewer}.items():
            client.force_login(user)
            page = client.get(reverse(name, args=["acme", *ids]))
            assert page.status_code == 200
            shown[role] = words in page.content.decode()
        return shown

    return find


def test_managers_free_whom_a_rule_covers(offered, workspace, campaign):
    contact = campaign.members.first().contact
    add(Suppression(workspace=workspace, reason="Blocked", phone_prefix=contact.phone_e164[:8]))

    assert offered("Free this person", "contacts:detail", contact.pk) == EXPECTED


def test_managers_undo_an_import_and_open_its_preset(offered, workspace):
    job = ended_import(workspace, created=1)
    job.preset = workspace.import_presets.create(kind="people", header_key="crm", name="CRM")
    job.save()

    assert offered(reverse("imports:undo", args=["acme", job.pk]), "imports:detail", job.pk) == EXPECTED
    preset = reverse("imports:preset", args=["acme", job.preset_id])
    assert offered(preset, "imports:detail", job.pk) == EXPECTED


def test_managers_freeze_a_report(offered, market):
    campaign = completed_campaign(market=market)
    campaign.reports.all().delete()

    assert offered("Freeze report", "campaigns:report", campaign.pk) == EXPECTED


def test_whoever_calls_is_offered_to_call_back(offered, campaign):
    call(
        campaign,
        disposition="callback_requested",
        started_at=now() - timedelta(days=1),
        callback_at=now() - timedelta(hours=1),
    )

    assert offered("Log a call</a>", "dashboard") == EXPECTED | {"caller": True}


def test_managers_choose_more_people_where_nobody_is_left(client, manager, caller, campaign):
    campaign.members.update(is_closed=True)
    shown = []
    for user in (manager, caller):
        client.force_login(user)
        page = client.get(reverse("campaigns:next", args=["acme", campaign.pk])).content.decode()
        shown.append(reverse("campaigns:choose", args=["acme", campaign.pk]) in page)

    assert shown == [True, False]
