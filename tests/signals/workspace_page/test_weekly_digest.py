"""The weekly mail: what it says, who gets it and who does not, and that nobody gets it twice."""

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.timezone import now

from campaigns.dispositions import Disposition
from markets.models import Membership
from markets.workspaces.invitations import remove_member
from signals.workspace_page.weekly_digest import compose, due, send, week_ended
from tests import factories
from tests.factories import MembershipFactory, active_campaign, call, calls, member, signal
from tests.reading import metric, numbers

TALK = Disposition.FUTURE_POTENTIAL


@pytest.fixture
def week(workspace):
    return week_ended(workspace.today())


@pytest.fixture
def busy_campaign(market, week):
    """A call and a meeting in the week that ended, and somebody who moved in it; a call of the week before."""
    middle = market.workspace.bounds(week.first + timedelta(days=2), None)[0] + timedelta(hours=9)
    campaign = active_campaign(3, market=market, name="Q1")
    person = campaign.members.order_by("pk").first().contact
    signal(call(campaign, person, disposition=TALK, started_at=middle - timedelta(days=7)), value="Active")
    signal(call(campaign, person, disposition=TALK, started_at=middle), value="Not Moving")
    guest = member(campaign, full_name="Ann Guest <b>").contact
    call(campaign, guest, disposition=Disposition.MEETING_BOOKED, started_at=middle, meeting_at=now())
    call(campaign, disposition=Disposition.NO_ANSWER, started_at=now())
    return campaign


def run(capsys, *arguments):
    """What the command says as JSON, and the code that it exits with."""
    code = 0
    try:
        call_command("weekly_mail", *arguments, "--format", "json")
    except SystemExit as exit:
        code = exit.code
    return json.loads(capsys.readouterr().out.splitlines()[-1]), code


def recipients():
    return sorted(each for message in mail.outbox for each in message.to)


def test_the_week_is_the_last_from_monday_to_sunday():
    for day in range(16, 23):  # a Monday to a Sunday
        week = week_ended(date(2026, 11, day))
        assert (week.first, week.last) == (date(2026, 11, 9), date(2026, 11, 15))


def test_the_mail_says_what_the_review_of_its_week_says(as_viewer, busy_campaign, workspace, week):
    page = as_viewer.get(f"{reverse('review', args=['acme'])}?from={week.first}&to={week.last}")

    html = SimpleNamespace(content=compose(workspace, week, "https://portal.example").html.encode())

    about = "workspace:acme"
    for name in ("contact_count", "calls_made", "connection_rate", "meetings_booked", "signals_captured"):
        assert metric(html, name, about) == metric(page, name, about)
        assert metric(html, name, f"market:{busy_campaign.market_id}") == metric(
            page, name, f"market:{busy_campaign.market_id}"
        )
    assert metric(html, "calls_made", about) == 2
    assert metric(html, "moved", "moves:all") == metric(page, "moved", "moves:all") == 1


def test_every_number_of_the_mail_is_a_link_with_an_address_that_opens_its_rows(
    as_viewer, busy_campaign, workspace, week
):
    html = compose(workspace, week, "https://portal.example").html

    followed = 0
    for about, name, value, href in numbers(SimpleNamespace(content=html.encode())):
        assert href.startswith("https://portal.example/w/acme/"), (about, name)
        if name != "connection_rate" and value is not None:
            assert metric(as_viewer.get(href.removeprefix("https://portal.example")), "rows") == value, (about, name)
            followed += 1
    assert followed > 10


def test_both_parts_say_the_same_and_bring_nothing_from_elsewhere(busy_campaign, workspace, week):
    made = compose(workspace, week, "https://portal.example")

    for part in (made.text, made.html):
        for words in ("Calls made", "M&", "Not Moving", "Ann Guest", "Callbacks missed", "/w/acme/review/?from="):
            assert words in part
        assert not any(each in part for each in ("<img", "<script", "src=", "<style", " style="))
    assert "Ann Guest &lt;b&gt;" in made.html
    assert "Ann Guest <b>" in made.text
    assert "+1" in made.text


def test_nobody_is_named_in_the_subject(busy_campaign, workspace, week):
    subject = compose(workspace, week, "https://portal.example").subject

    assert subject.startswith("Acme: the week of ")
    assert "Guest" not in subject
    assert "\n" not in subject


def test_each_member_gets_it_in_the_own_language(capsys, workspace, busy_campaign):
    for name, language in (("ada", ""), ("bea", "en"), ("cleo", "de")):
        user = {"user__email": f"{name}@acme.example", "user__language": language}
        MembershipFactory(workspace=workspace, role="manager", **user)

    run(capsys)

    subjects = {message.to[0].split("@")[0]: message.subject for message in mail.outbox}
    assert subjects["ada"] == subjects["bea"]
    assert subjects["ada"].startswith("Acme: the week of ")
    assert subjects["cleo"].startswith("Acme: ")
    assert "the week" not in subjects["cleo"]
    (german,) = (message for message in mail.outbox if "cleo@acme.example" in message.to)
    for part in (german.body, german.alternatives[0].content):
        assert "Kein Wechsel" in part
        for words in ("Not Moving", "Calls made", "Meetings booked", "Who moved", " the ", "unsubscribe"):
            assert words not in part


def test_days_are_those_of_the_workspace(market, workspace, week):
    """Late on Sunday in New York it is Monday in UTC."""
    campaign = active_campaign(market=market)
    _, end = workspace.bounds(None, week.last)
    for minutes in (-5, 5):
        call(campaign, started_at=end + timedelta(minutes=minutes))

    html = SimpleNamespace(content=compose(workspace, week, "https://portal.example").html.encode())

    assert metric(html, "calls_made", "workspace:acme") == 1


def test_managers_get_it_unless_they_decline_and_others_when_they_ask(capsys, workspace, busy_campaign):
    for role in ("manager", "caller", "viewer"):
        for text, wants in (("nothing", None), ("yes", True), ("no", False)):
            MembershipFactory(
                workspace=workspace, role=role, wants_weekly_mail=wants, user__email=f"{role}-{text}@acme.example"
            )

    result, code = run(capsys)

    who = ["caller-yes", "manager-nothing", "manager-yes", "viewer-yes"]
    assert recipients() == [f"{each}@acme.example" for each in who]
    assert (result["sent"], result["failed"], code) == (4, 0, 0)
    assert all(len(message.to) == 1 for message in mail.outbox)


def test_a_member_gets_a_week_once_however_often_it_runs(capsys, manager, busy_campaign):
    assert run(capsys)[0]["sent"] == 1
    assert run(capsys)[0]["sent"] == 0
    assert len(mail.outbox) == 1

    Membership.objects.update(mailed_week=week_ended(busy_campaign.workspace.today()).first - timedelta(days=7))

    assert run(capsys)[0]["sent"] == 1


def test_who_was_mailed_or_left_meanwhile_gets_nothing(workspace, manager, busy_campaign, week):
    made = compose(workspace, week, "https://portal.example")
    first, second = due(workspace, week).get(), due(workspace, week).get()

    assert send(membership=first, mail=made, week=week, site="https://portal.example")
    assert not send(membership=second, mail=made, week=week, site="https://portal.example")

    leaving = MembershipFactory(workspace=workspace)
    remove_member(membership=Membership.objects.get(pk=leaving.pk))
    assert not send(membership=leaving, mail=made, week=week, site="https://portal.example")
    assert recipients() == [manager.email]


def test_the_deactivated_the_removed_and_the_archived_get_nothing(capsys, workspace, manager, busy_campaign):
    gone = MembershipFactory(workspace=workspace)
    remove_member(membership=gone)
    off = MembershipFactory(workspace=workspace).user
    off.is_active = False
    off.save()
    MembershipFactory(workspace__name="Closed", workspace__archived_at=now())

    run(capsys)

    assert recipients() == [manager.email]


def test_nothing_of_another_workspace_is_in_the_mail(capsys, workspace, manager, busy_campaign):
    other = MembershipFactory(workspace__name="Zanzibar Partners", workspace__slug="other", user__email="z@z.example")
    calls(
        factories.MarketFactory(workspace=other.workspace, practice_area="Zanzibar law"),
        campaign="Z",
        made=3,
        conversations=1,
    )

    run(capsys)

    assert recipients() == sorted([manager.email, "z@z.example"])
    for message in mail.outbox:
        text = message.subject + message.body + message.alternatives[0].content
        assert ("Zanzibar" in text) == (message.to == ["z@z.example"])
        assert ("Acme" in text) == (message.to != ["z@z.example"])


class RefusesAnn(EmailBackend):
    def send_messages(self, messages):
        if any("ann@" in each for message in messages for each in message.to):
            raise ConnectionRefusedError("550 no such mailbox")
        return super().send_messages(messages)


def test_a_mail_that_fails_stops_no_other_and_is_tried_again(capsys, monkeypatch, workspace, busy_campaign):
    for name in ("ann", "bob"):
        MembershipFactory(workspace=workspace, user__email=f"{name}@acme.example")
    with monkeypatch.context() as patched:
        mailer = {"default": {"BACKEND": f"{__name__}.RefusesAnn"}}
        patched.setattr(settings, "MAILERS", mailer)
        call_failed = run(capsys)

    assert recipients() == ["bob@acme.example"]
    assert (call_failed[0]["sent"], call_failed[0]["failed"], call_failed[1]) == (1, 1, 1)
    assert run(capsys)[1] == 0
    assert recipients() == ["ann@acme.example", "bob@acme.example"]


def test_a_dry_run_says_who_and_sends_nothing(capsys, manager, busy_campaign):
    call_command("weekly_mail", "--workspace", "acme", "--dry-run")

    assert f"{manager.email} would get" in capsys.readouterr().out
    assert mail.outbox == []
    assert run(capsys, "--dry-run")[0]["due"] == 1


def test_only_the_workspace_that_is_named(capsys, manager, outsider, busy_campaign):
    run(capsys, "--workspace", "acme")

    assert recipients() == [manager.email]
    with pytest.raises(CommandError, match="There is no workspace “nowhere”"):
        call_command("weekly_mail", "--workspace", "nowhere")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "PORTAL_URL is not set"),
        ("portal.example", "“portal.example”, which is no address"),
        ("ftp://portal.example", "no address"),
        ("https://portal.example/w/acme", "no address"),
    ],
)
def test_without_an_address_to_link_to_it_says_what_to_set(manager, busy_campaign, monkeypatch, address, sentence):
    monkeypatch.setattr(settings, "PORTAL_URL", address)

    with pytest.raises(CommandError, match=sentence):
        call_command("weekly_mail")
    assert mail.outbox == []


def test_an_empty_workspace_has_a_mail_too(capsys, workspace, manager):
    assert run(capsys)[0]["sent"] == 1
    assert "No markets yet." in mail.outbox[0].body


@pytest.mark.parametrize(("wanted", "gets"), [("yes", True), ("no", False)])
def test_a_member_says_whether_they_get_it(as_viewer, viewer, wanted, gets):
    url = reverse("weekly_mail", args=["acme"])

    as_viewer.post(url, {"weekly_mail": wanted})

    assert viewer.memberships.get().gets_weekly_mail is gets


def test_what_is_neither_yes_nor_no_is_refused(as_viewer, viewer):
    answer = as_viewer.post(reverse("weekly_mail", args=["acme"]), {"weekly_mail": "perhaps"}, follow=True)

    assert "“perhaps” does not say" in answer.content.decode()
    assert viewer.memberships.get().wants_weekly_mail is None


def test_the_review_offers_what_the_member_has_not(as_manager, manager):
    assert ">Unsubscribe</button>" in as_manager.get(reverse("review", args=["acme"])).content.decode()

    manager.memberships.update(wants_weekly_mail=False)

    assert ">Subscribe</button>" in as_manager.get(reverse("review", args=["acme"])).content.decode()
