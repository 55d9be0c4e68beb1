import json
from html.parser import HTMLParser

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.urls import reverse

from calls import derived
from calls.models import Call, CampaignDay
from campaigns.models import Campaign, CampaignContact
from config.db import table_statistics
from config.ui.periods import choose_period
from markets.models import Contact, Membership, Role, User, Workspace
from signals import sample
from signals.management.commands import demo, seed
from signals.models import Signal, SignalSuggestion
from signals.workspace_page.dashboard import dashboard_context
from tests.factories import MembershipFactory
from tests.thorough import some

PASSWORD = "only for these tests"
MOST_ELEMENTS = 1_500
"""On a market's page, before anything is opened on it."""
FEW = sample.Size(people=60, calls=200, signals=50, markets=2, campaigns=5)


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)


@pytest.fixture
def little(monkeypatch):
    """Makes the demo small, so that it takes a moment."""
    monkeypatch.setattr(demo, "SIZE", FEW)


def run(capsys, *args):
    call_command(*args, "--format", "json")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def rows():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Workspace, User, Membership, Contact, Campaign, CampaignContact, Call, CampaignDay, Signal)
    }


def findings_of(workspace):
    last_month = choose_period({"period": "30d"}, workspace.today()).period
    return dashboard_context(workspace, last_month, None, Role.MANAGER)["findings"]


def assert_there_is_news(workspace):
    rules = {finding.rule for finding in findings_of(workspace)}
    assert rules >= {"call_volume", "late_callbacks"}
    assert len(rules) >= 3


class ElementsAtFirst(HTMLParser):
    """Counts what a browser with scripts makes of a page at first: what noscript holds comes when it is opened."""

    count, folds = 0, 0

    def handle_starttag(self, tag, attrs):
        self.folds += tag == "noscript"
        self.count += not self.folds

    def handle_endtag(self, tag):
        self.folds -= tag == "noscript"


def elements(page):
    parser = ElementsAtFirst()
    parser.feed(page)
    return parser.count


@pytest.mark.django_db
def test_the_demo_has_the_size_it_promises_and_a_second_start_changes_nothing(capsys, client):
    assert run(capsys, "demo", "--no-serve")["made"]

    workspace = Workspace.objects.get(slug="acme")
    assert (workspace.markets.count(), workspace.campaigns.count(), workspace.contacts.count()) == (6, 14, 1500)
    assert workspace.calls.count() == pytest.approx(6000, rel=0.05)
    assert workspace.signals.count() == pytest.approx(1500, rel=0.25)
    assert_there_is_news(workspace)
    assert set(workspace.signal_suggestions.values_list("state", flat=True)) == set(SignalSuggestion.State.values)
    client.force_login(workspace.memberships.filter(role=Role.MANAGER).first().user)
    markets = [reverse("markets:detail", args=["acme", market.pk]) for market in workspace.markets.all()]
    assert max(elements(client.get(f"{each}?period=all").content.decode()) for each in markets) <= MOST_ELEMENTS
    before = rows()

    assert not run(capsys, "demo", "--no-serve")["made"]

    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("moment", some(["2026-11-30 20:40Z", "2026-12-08 18:40Z", "2026-12-20 14:40Z"], at_once=0))
def test_the_demo_has_news_on_whatever_day_it_is_made(capsys, moment):
    with time_machine.travel(moment, tick=False):
        run(capsys, "demo", "--no-serve")
        assert_there_is_news(Workspace.objects.get(slug="acme"))


@pytest.mark.django_db
def test_the_demo_names_users_who_can_sign_in(capsys, client, little):
    report = run(capsys, "demo", "--no-serve")

    assert {user["role"] for user in report["users"]} == set(Role)
    for user in report["users"]:
        assert client.login(username=user["email"], password=report["password"])


@pytest.mark.django_db
def test_what_was_changed_in_the_demo_stays_changed(capsys, little):
    run(capsys, "demo", "--no-serve")
    Workspace.objects.filter(slug="acme").update(name="Mine now")
    Membership.objects.filter(user__email="viewer@demo.example").delete()
    for user in User.objects.all():
        user.set_password("changed")
        user.save()

    report = run(capsys, "demo", "--no-serve")

    assert Workspace.objects.get().name == "Mine now"
    assert "viewer@demo.example" not in {user["email"] for user in report["users"]}
    assert report["password"] == ""


@pytest.mark.django_db
def test_reset_starts_from_nothing_and_leaves_other_workspaces_be(capsys, little, settings):
    if not settings.ON_SQLITE:
        with pytest.raises(CommandError, match="SQLite only"):
            call_command("demo", "--no-serve", "--reset")
        return
    elsewhere = MembershipFactory(workspace__slug="elsewhere").workspace
    run(capsys, "demo", "--no-serve")
    first = Call.objects.filter(workspace__slug="acme").count()
    contact = Contact.objects.filter(workspace__slug="acme").first()
    Contact.objects.filter(pk=contact.pk).update(full_name="Edited")
    MembershipFactory(workspace=elsewhere, user=User.objects.get(email="manager@demo.example"))

    assert run(capsys, "demo", "--no-serve", "--reset")["made"]

    assert Call.objects.filter(workspace__slug="acme").count() == pytest.approx(first, rel=0.2)
    assert not Contact.objects.filter(full_name="Edited").exists()
    assert elsewhere.memberships.count() == 2
    assert User.objects.filter(email__endswith="@demo.example").count() == 4


@pytest.mark.django_db
def test_reset_spares_a_workspace_that_is_not_the_demos(settings, workspace):
    refused = "not be the demo's" if settings.ON_SQLITE else "SQLite only"

    with pytest.raises(CommandError, match=refused):
        call_command("demo", "--no-serve", "--reset")

    assert Workspace.objects.get() == workspace


@pytest.mark.django_db
def test_an_interrupted_build_leaves_nothing(monkeypatch, little):
    def interrupted(**_):
        assert Workspace.objects.filter(slug="acme").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(sample, "build", interrupted)

    with pytest.raises(SystemExit) as stopped:
        call_command("demo", "--no-serve")

    assert stopped.value.code == 130
    assert not Workspace.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_server_does_not_get_the_password_that_everybody_knows(monkeypatch, settings):
    monkeypatch.delenv("PORTAL_PASSWORD")
    settings.ON_SQLITE = False

    with pytest.raises(CommandError, match="PORTAL_PASSWORD is not set"):
        call_command("demo", "--no-serve")

    assert not Workspace.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused_with_a_sentence(port):
    with pytest.raises(CommandError, match="is not a port"):
        call_command("demo", f"--port={port}")


@pytest.mark.django_db
def test_seed_makes_unequal_workspaces_once(capsys, monkeypatch):
    firms = [
        seed.SeedWorkspace("big", "Big", FEW),
        seed.SeedWorkspace("little", "Little", sample.Size(people=40, calls=90, signals=20)),
    ]
    monkeypatch.setitem(seed.SCALES, "small", firms)

    first = run(capsys, "seed")
    second = run(capsys, "seed", "--scale", "small")

    assert (first["made"], second["made"]) == (2, 0)
    assert {**first, "made": 0} == second
    sizes = Workspace.objects.annotate(people=Count("contacts")).values_list("slug", "people")
    assert dict(sizes) == {"big": 60, "little": 40}


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no such statistics")
def test_after_a_seed_postgresql_knows_what_it_has_to_plan_for(capsys, monkeypatch):
    monkeypatch.setitem(seed.SCALES, "small", [seed.SeedWorkspace("big", "Big", FEW)])
    known = "SELECT relname, reltuples FROM pg_class WHERE relname IN ('calls_call', 'campaigns_campaigncontact')"

    run(capsys, "seed")

    with connection.cursor() as cursor:
        cursor.execute(known)
        found = dict(cursor.fetchall())
    assert found["calls_call"] * table_statistics.GROWTH >= Call.objects.count()
    assert found["campaigns_campaigncontact"] * table_statistics.GROWTH >= CampaignContact.objects.count()


@pytest.mark.django_db
def test_a_crowd_has_about_the_size_it_was_asked_for_and_its_counts_are_right(capsys, monkeypatch):
    size = sample.Size(people=60, calls=240, signals=40, markets=2, campaigns=6)
    firms = [
        seed.SeedWorkspace("crowd-01", "Crowd 1", size, is_bulk=True),
        seed.SeedWorkspace("crowd-02", "Crowd 2", size),
    ]
    monkeypatch.setitem(seed.SCALES, "reference", firms)

    made = run(capsys, "seed", "--scale", "reference", "--first", "1")

    assert (made["made"], made["contacts"]) == (1, 60)
    assert 150 < made["calls"] < 330
    assert 20 < made["signals"] < 70
    workspace = Workspace.objects.get()
    statuses = set(workspace.campaigns.values_list("status", flat=True))
    assert statuses == {"active", "paused", "completed"}
    assert derived.check(workspace) == []


@pytest.mark.django_db(transaction=True)
def test_crowds_that_are_made_at_once_are_each_whole(capsys, monkeypatch):
    size = sample.Size(people=60, calls=240, signals=40, markets=2, campaigns=6)
    firms = [seed.SeedWorkspace(f"crowd-{number:02}", f"Crowd {number}", size, is_bulk=True) for number in range(3)]
    monkeypatch.setitem(seed.SCALES, "reference", firms)

    assert run(capsys, "seed", "--scale", "reference")["made"] == 3
    assert run(capsys, "seed", "--scale", "reference")["made"] == 0

    for workspace in Workspace.objects.all():
        assert (workspace.contacts.count(), workspace.campaigns.count()) == (60, 6)
        assert derived.check(workspace) == []


def test_the_large_scales_are_as_large_as_they_say():
    for scale, calls in (("reference", 2_000_000), ("ten", 20_000_000)):
        sizes = [firm.size for firm in seed.SCALES[scale]]
        assert len(sizes) == 20
        assert sum(size.people for size in sizes) == pytest.approx(500_000, abs=20)
        assert sum(size.calls for size in sizes) == pytest.approx(calls, abs=20)
        assert sum(size.signals for size in sizes) == pytest.approx(300_000, abs=20)
        assert sizes[0].people > 5 * sizes[-1].people


@pytest.mark.parametrize("command", ["demo", "seed", "rebuild_tallies"])
def test_help_shows_examples(capsys, command):
    with pytest.raises(SystemExit):
        call_command(command, "--help")

    assert f"examples:\n  manage.py {command}" in capsys.readouterr().out
