"""What is logged says what happened, to which request, user and workspace, and never a name or what somebody typed."""

import json
import logging
import sys
from smtplib import SMTPRecipientsRefused
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from config.monitoring.log_lines import JsonLines, ReadableLines
from config.monitoring.uncaught import report
from markets.models import Contact
from markets.workspaces import api_tokens
from markets.workspaces.invitations import invite
from tests.access_rows import ROWS, url_of
from tests.config.monitoring.log_watch import canaries_in, watched_logs
from tests.firms import firm
from tests.importing import leased_import
from tests.uploads import work

WORD, PHONE = "Zanzibar", "+12125550147"
EMAIL = f"ann@{WORD.lower()}.example"
FIELDS = dict.fromkeys(
    "full_name name email phone notes note text title firm search q reason summary evidence value word label".split(),
    f"{WORD} {PHONE} {EMAIL}",
)


@pytest.fixture
def watch():
    with watched_logs() as watch:
        yield watch


@pytest.fixture
def failing_pages(settings, client):
    settings.ROOT_URLCONF = "tests.config.monitoring.failing_urls"
    client.raise_request_exception = False
    return client


def entries(watch, logger):
    return [each for each in map(json.loads, watch.written) if each["logger"] == logger]


def visit_everything(client, ours):
    """Every page and form of a workspace, valid ids and others, with the words in address and body."""
    client.force_login(ours.manager)
    count = 0
    for row in ROWS:
        if row.name in ("campaigns:delete", "team_remove"):
            continue
        for ids in (ours.ids, dict.fromkeys(ours.ids, 2_000_000_000)):
            address = url_of(row, ours.workspace.slug, ids)
            for method in row.methods.split():
                if method == "GET":
                    answer = client.get(address, FIELDS)
                    b"".join(answer) if answer.streaming else answer.content
                else:
                    client.post(f"{address}?search={WORD}", FIELDS)
                count += 1
    return count


def send_calls(client, ours):
    _, token = api_tokens.issue(workspace=ours.workspace, name="Dialer", by=ours.manager)
    address = reverse("api:calls", args=[ours.workspace.slug])
    for body in ({"calls": [{"call_id": "1", "contact": EMAIL, "notes": WORD, "disposition": WORD}]}, [WORD], WORD):
        for bearer in (token, f"{token}x"):
            headers = {"Authorization": f"Bearer {bearer}"}
            client.post(address, json.dumps(body), content_type="application/json", headers=headers)
    return token


def import_bad_rows(ours):
    lines = ["Email,Name,Phone", f"{EMAIL},{WORD} A,{PHONE}", f"no {WORD},{WORD} B,{PHONE}", f",,{PHONE}"]
    for options in ({}, {"map": {"Name": f"{WORD}"}}):
        leased_import(ours.workspace, *lines, name=f"{WORD}.csv", **options, market=ours.ids["market"])
        ours.workspace.imports.update(lease_until=None)
        work()


def fail_in_every_way(client, ours, token):
    for name in ("fail", "together", "suspect"):
        client.get(reverse(name, args=[f"{WORD}-{token}"]), {"search": EMAIL})
    Contact.objects.filter(pk=ours.ids["contact"]).update(email=f"x{EMAIL}")
    client.get(reverse("repeat", args=[ours.ids["contact"]]))
    client.get(f"/{WORD}/", headers={"Host": f"{WORD}.example"})
    try:
        raise ValueError(f"Cannot read {EMAIL}")
    except ValueError:  # as gunicorn logs it
        logging.getLogger("gunicorn.error").exception("Error handling request %s", f"/s/{token}/?search={WORD}")
        logging.getLogger("gunicorn.error").warning(f"Invalid request from {WORD}")  # noqa: G004
        report(*sys.exc_info())


def mail_in_vain(monkeypatch, ours):
    def refuse(self, messages):
        raise SMTPRecipientsRefused({EMAIL: (550, f"no {WORD} here".encode())})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    for command in ("weekly_mail", "mail_mentions"):
        with pytest.raises(SystemExit):
            call_command(command)


def change_in_admin(client, ops, ours):
    client.force_login(ops)
    for name, ids in (("changelist", []), ("add", []), ("change", [ours.ids["contact"]])):
        address = reverse(f"admin:markets_contact_{name}", args=ids)
        client.get(address, {"q": WORD})
        typed = {"workspace": ours.workspace.pk, "full_name": f"{WORD} again", "email": "", "seen": "", "phone": PHONE}
        client.post(address, typed)


@pytest.mark.promise("P15")
def test_no_name_number_address_note_or_token_is_logged(
    failing_pages, watch, ops, monkeypatch, capsys, figure, settings
):
    client, settings.PORTAL_URL, settings.IS_LOCAL = failing_pages, "https://portal.example", False
    ours = firm(WORD, "ours")
    ours.workspace.memberships.update(wants_weekly_mail=True)
    _, link = invite(workspace=ours.workspace, email=EMAIL, role="viewer", by=ours.manager)
    invited = link.strip("/").rpartition("/")[2]
    connection.force_debug_cursor = True
    try:
        mail_in_vain(monkeypatch, ours)
        count = visit_everything(client, ours)
        dialer = send_calls(client, ours)
        import_bad_rows(ours)
        for address in (f"s/{ours.token}", f"s/{ours.token}x", f"invitations/{invited}", f"{WORD}/{EMAIL}"):
            client.get(f"/{address}/", {"search": EMAIL})
        client.post("/accounts/login/", {"login": EMAIL, "password": WORD})
        client.post("/accounts/password/reset/", {"email": EMAIL})
        client.get(f"/accounts/password/reset/key/1-{ours.token}/")
        fail_in_every_way(client, ours, ours.token)
        change_in_admin(client, ops, ours)
    finally:
        connection.force_debug_cursor = False

    canaries = (WORD, PHONE[-7:], "212) 555-0147", ours.token, invited, dialer)
    printed = capsys.readouterr()
    log_entries = [f"{each.object_repr} {each.change_message}" for each in LogEntry.objects.all()]
    written = [*watch.written, *log_entries, *printed.err.splitlines()]
    assert log_entries
    assert "ValueError" in "".join(watch.written)
    assert len(entries(watch, "config.monitoring.requests")) >= count
    assert canaries_in(written, canaries) == 0, [line for line in written if canaries_in([line], canaries)][:3]

    unguarded = canaries_in(watch.unguarded, canaries)
    assert unguarded > 100
    in_errors = canaries_in([line for line in watch.unguarded if "django.db.backends" not in line], canaries)
    assert in_errors >= 8
    figure(
        f"0 canaries in {len(written):,} lines of {count:,} requests, errors, mails and imports",
        control=f"without the filter {unguarded:,} lines hold one, {in_errors} of them about errors and addresses",
    )


def test_a_request_is_one_line_with_its_route_user_and_workspace(as_caller, caller, campaign, watch):
    as_caller.get(reverse("contacts:list", args=["acme"]), {"search": "Ann"})

    (line,) = entries(watch, "config.monitoring.requests")
    assert (line["route"], line["method"], line["status"]) == ("contacts:list", "GET", 200)
    assert (line["user_id"], line["workspace_id"]) == (caller.pk, campaign.workspace.pk)
    assert line["statements"] > 2
    assert 0 < line["database_ms"] < line["ms"]
    assert "Ann" not in json.dumps(line)


def test_an_export_is_logged_when_its_last_byte_is_sent(as_viewer, campaign, watch):
    answer = as_viewer.get(reverse("contacts:list", args=["acme"]), {"_export": "csv"})
    assert answer.streaming
    assert entries(watch, "config.monitoring.requests") == []

    content = b"".join(answer)

    (line,) = entries(watch, "config.monitoring.requests")
    assert content.count(b"\n") >= 3
    assert line["request_id"] == answer["X-Request-Id"]


def test_the_proxy_may_name_a_request_by_digits_only(client, db):
    given = uuid4().hex
    assert client.get("/", headers={"X-Request-Id": given})["X-Request-Id"] == given

    for invented in ("ann.smith@firm.example", "2125550147", "a" * 65, "1234567890abcdef\u00e9", ""):
        answered = client.get("/", headers={"X-Request-Id": invented})["X-Request-Id"]
        assert answered != invented
        assert len(answered) == 32


def test_a_page_nobody_has_is_logged_without_its_address(client, db, watch):
    client.get("/nobody-has-this/")

    (line,) = entries(watch, "config.monitoring.requests")
    assert (line["route"], line["status"]) == ("none", 404)


def test_an_error_is_logged_by_class_code_constraint_and_place(failing_pages, campaign, watch):
    failing_pages.get(reverse("repeat", args=[campaign.members.first().contact_id]))

    (line,) = entries(watch, "django.request")
    error = line["exception"]
    assert error["type"] == "django.db.utils.IntegrityError"
    assert error["code"] in ("23505", "SQLITE_CONSTRAINT_UNIQUE")
    assert any("failing_urls.py:" in place and place.endswith("in repeat") for place in error["stack"])
    assert error["causes"]
    if connection.vendor == "postgresql":
        assert error["constraint"]


def test_the_lines_of_an_import_name_the_job(workspace, market, watch):
    job = leased_import(workspace, "Email,Name", "ann@f.example,Ann", market=market.pk)
    workspace.imports.update(lease_until=None)
    work()

    lines = entries(watch, "markets.imports.perform")
    assert lines[-1]["job_id"] == job.pk
    assert lines[-1]["workspace_id"] == workspace.pk


def test_the_lines_of_a_command_name_it(workspace, watch, settings):
    settings.PORTAL_URL = "https://portal.example"
    connection.force_debug_cursor = True
    try:
        call_command("weekly_mail", "--dry-run")
    finally:
        connection.force_debug_cursor = False

    assert {each["command"] for each in entries(watch, "django.db.backends")} == {"weekly_mail"}


def record(name="config.test", message="Found %s of %s", args=(3, "four"), error=None):
    exc_info = (type(error), error, None) if error else None
    return logging.LogRecord(name, logging.INFO, __file__, 1, message, args, exc_info, "f")


def test_a_library_may_log_numbers_and_nothing_else():
    assert json.loads(JsonLines().format(record("django.x")))["message"] == "Found 3 of …"
    assert "four" not in JsonLines().format(record("django.x", "Found four", ()))
    assert "four" not in JsonLines().format(record("gunicorn.error", ValueError("four"), ()))
    assert json.loads(JsonLines().format(record()))["message"] == "Found 3 of four"


def test_our_own_lines_reduce_an_exception_to_its_class():
    assert json.loads(JsonLines().format(record(message="Not done: %s", args=(ValueError("Ann"),))))["message"] == (
        "Not done: ValueError"
    )


def test_locally_everything_can_be_read():
    line = ReadableLines(withholds=False).format(record("django.x", error=ValueError("Ann")))

    assert "Found 3 of four" in line
    assert "ValueError: Ann" in line
    assert "Ann" not in ReadableLines().format(record("django.x", error=ValueError("Ann")))
