"""rebuild_tallies finds and repairs every stored count that differs from a recount."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from calls.models import CampaignDay, CampaignHour
from campaigns.dispositions import Disposition
from campaigns.models import CampaignContact
from markets.models import Contact
from signals.models import Signal
from tests.factories import MembershipFactory, call, signal


def run_command(capsys, *args):
    call_command(*args, "--format", "json")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.fixture
def counted(campaign):
    made = call(campaign, disposition=Disposition.FUTURE_POTENTIAL)
    signal(made)
    call(campaign, campaign.members.last().contact, disposition=Disposition.INCORRECT_NUMBER)
    return campaign


def check(capsys, *args):
    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_tallies", "--check", "--format", "json", *args)
    assert ended.value.code == 1
    return capsys.readouterr().out.splitlines()


def test_a_check_of_right_counts_finds_nothing(capsys, counted):
    assert run_command(capsys, "rebuild_tallies", "--check") == {"workspaces": 1, "differences": 0}


@pytest.mark.parametrize(
    ("model", "field", "wrong"),
    [
        (CampaignContact, "attempt_count", 9),
        (CampaignContact, "last_disposition", "voicemail"),
        (CampaignContact, "is_closed", False),
        (CampaignContact, "first_recorded_at", None),
        (CampaignContact, "first_attempt_at", None),
        (CampaignDay, "call_count", 9),
        (CampaignDay, "signal_count", 0),
        (CampaignDay, "future_potential_count", 0),
        (CampaignHour, "call_count", 9),
        (CampaignHour, "conversation_count", 0),
        (Signal, "current_campaign", None),
        (Contact, "wrong_phone", "+12125550188"),
    ],
)
def test_a_check_finds_each_planted_difference_and_changes_nothing(capsys, counted, model, field, wrong):
    row = model.objects.order_by("pk").first()
    model.objects.filter(pk=row.pk).update(**{field: wrong})

    *sentences, last = check(capsys)

    assert json.loads(last) == {"workspaces": 1, "differences": 1}
    assert len(sentences) == 1
    assert field in sentences[0]
    assert getattr(model.objects.get(pk=row.pk), field) == wrong

    assert run_command(capsys, "rebuild_tallies") == {"workspaces": 1, "differences": 1}
    assert getattr(model.objects.order_by("pk").first(), field) == getattr(row, field)
    assert run_command(capsys, "rebuild_tallies", "--check") == {"workspaces": 1, "differences": 0}


def test_a_day_without_its_tally_is_a_difference(capsys, counted):
    CampaignDay.objects.all().delete()

    assert json.loads(check(capsys, "--workspace", "acme")[-1])["differences"] == 5


def test_an_hour_without_its_tally_and_one_without_calls_are_differences(capsys, counted):
    hour = CampaignHour.objects.order_by("pk").first()
    CampaignHour.objects.filter(pk=hour.pk).update(day=hour.day - timedelta(days=1))

    *sentences, _ = check(capsys)

    assert any(f"on {hour.day} at {hour.hour:02}:00: call_count is 0, recounted 2" in each for each in sentences)
    assert any("call_count is 2, recounted 0" in each for each in sentences)


def test_only_what_was_wrong_says_that_it_changed(capsys, counted):
    day = CampaignDay.objects.get()
    at = {"workspace": counted.workspace, "campaign": counted, "day": day.day - timedelta(days=9), "call_count": 3}
    emptied = [CampaignDay.objects.create(**at), CampaignHour.objects.create(**at, hour=9)]
    CampaignDay.objects.filter(pk=day.pk).update(call_count=9)
    before = {each: each.counts_changed_at for model in (CampaignDay, CampaignHour) for each in model.objects.all()}

    run_command(capsys, "rebuild_tallies")

    for each in before:
        each.refresh_from_db()
    assert {each for each, was in before.items() if each.counts_changed_at != was} == {day, *emptied}
    assert [type(each).objects.get(pk=each.pk).call_count for each in emptied] == [0, 0]


def test_only_the_first_differences_are_shown_and_all_are_counted(capsys, counted):
    day = CampaignDay.objects.get().day
    for n in range(1, 26):
        CampaignDay.objects.create(
            workspace=counted.workspace, campaign=counted, day=day - timedelta(days=n), call_count=1
        )

    lines = check(capsys)

    assert len(lines) == 22
    assert lines[20] == "... and 5 more."
    assert json.loads(lines[-1])["differences"] == 25


def test_the_workspace_that_is_named_is_the_one_that_is_counted(capsys, counted):
    MembershipFactory(workspace__slug="elsewhere")
    CampaignDay.objects.update(call_count=9)

    assert run_command(capsys, "rebuild_tallies", "--workspace", "elsewhere") == {"workspaces": 1, "differences": 0}
    assert CampaignDay.objects.get().call_count == 9

    with pytest.raises(CommandError, match="There is no workspace “nowhere”"):
        call_command("rebuild_tallies", "--workspace", "nowhere")
