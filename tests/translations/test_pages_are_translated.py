"""Pages, notices and mails in a language that puts each text in brackets: what stands outside of them is data."""

import re
from contextlib import contextmanager

import pytest
from babel import Locale
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import translation

from campaigns.notes.digest import send
from markets.workspaces.invitations import send_invitation
from signals.workspace_page.weekly_digest import compose, week_ended
from tests.access_rows import ROWS, url_of
from tests.factories import MembershipFactory
from tests.firms import firm, shared_by_a_module
from tests.thorough import some
from tests.translations.pseudo import LANGUAGE, unmarked, write_catalogue

WORD = "Zanzibar"
KNOWN = frozenset({"Client Portal", "CSV", "XLSX", "UTC", "Ctrl", "Esc", "Enter", "English", "Esperanto"}) | frozenset(
    {"Ongoing coverage", "Some people", "underpaid"}
)
"""Names, which are the same in each language, and data of the fixtures without the word."""

ON_A_PAGE = {
    "contacts:all": r".*",  # the rows of the database as they are
    "imports:": r".*UTF-8, columns separated by ,.*|UTF-8|UTF-16|Mac Roman|Email|3CX call log.*",
    "webhooks:": r"evt_\d+|https://ours\.example/hooks",
    "token": r"\([a-z]+:(read|write)\)",
    "settings": "|".join(map(re.escape, Locale(LANGUAGE).territories.values())),  # Babel has translated them
}
"""By the beginning of a page's name, the texts that it may show as they are. Of imports these are the format as it was
stored, encodings, a column of the file, and products whose files are known; of webhooks, their address and the number
of a message; of tokens, the names of scopes."""


@pytest.fixture(scope="module")
def ours(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm(WORD, "ours")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locale")
    write_catalogue(folder)
    return folder


@pytest.fixture
def in_brackets(catalogue):
    languages = [("en", "English"), (LANGUAGE, "Esperanto")]
    with override_settings(LOCALE_PATHS=[str(catalogue)], LANGUAGES=languages), translation.override(LANGUAGE):
        yield


@pytest.fixture
def as_reader(client, db, ours, in_brackets):
    client.force_login(ours.manager)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = LANGUAGE
    return client


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def left(page) -> list[str]:
    return unmarked(page.content.decode(), data=WORD, known=KNOWN)


def untranslated(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """By page, the texts that it may not show as they are."""
    allowed = {name: "|".join(each for start, each in ON_A_PAGE.items() if name.startswith(start)) for name in found}
    left_over = {
        name: [text for text in texts if not re.fullmatch(allowed[name], text)] for name, texts in found.items()
    }
    return {name: texts for name, texts in left_over.items() if texts}


READ = [row for row in ROWS if "GET" in row.methods]
WRITTEN = [row for row in ROWS if "POST" in row.methods]


def test_every_page_of_a_workspace_is_translated(as_reader, ours):
    found = {}
    for row in READ:
        page = as_reader.get(url_of(row, "ours", ours.ids), follow=True)
        if not page.streaming and page["Content-Type"].startswith("text/html"):
            found[row.name] = left(page)

    assert untranslated(found) == {}


@pytest.mark.parametrize("role", some(["viewer", "caller"], at_once=0))
def test_every_page_of_another_role_is_translated(as_reader, ours, role):
    as_reader.force_login(MembershipFactory(workspace=ours.workspace, role=role, user__first_name=WORD).user)
    found = {}
    for row in READ:
        page = as_reader.get(url_of(row, "ours", ours.ids), follow=True)
        if not page.streaming and page["Content-Type"].startswith("text/html"):
            found[row.name] = left(page)

    assert untranslated(found) == {}


def test_what_a_post_without_values_says_is_translated(as_reader, ours):
    """Errors of forms, and the notices of what needs no values."""
    found = {}
    for row in WRITTEN:
        with rolled_back():
            page = as_reader.post(url_of(row, "ours", ours.ids), follow=True)
            if not page.streaming and page["Content-Type"].startswith("text/html"):
                found[row.name] = left(page)

    assert untranslated(found) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("account_name", "account_email", "account_change_password", "account_sessions", "account_logout"),
        *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "socialaccount_connections"),
    ],
)
def test_every_page_of_an_account_is_translated(as_reader, name):
    shown = as_reader.get(reverse(name))
    refused = as_reader.post(reverse(name), {"first_name": "", "action_add": "1"}, follow=True)

    assert left(shown) == left(refused) == []


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_signup", "account_reset_password_done"]
)
def test_every_page_before_signing_in_is_translated(as_reader, name):
    as_reader.logout()
    shown = as_reader.get(reverse(name))
    refused = as_reader.post(reverse(name), follow=True)

    assert left(shown) == left(refused) == []


def test_addresses_that_lead_nowhere_are_translated(as_reader):
    """A frozen page that does lead somewhere keeps the language in which it was frozen."""
    as_reader.logout()

    assert left(as_reader.get(reverse("shared_page", args=["nothing"]))) == []
    assert left(as_reader.get("/nothing/")) == []


def test_mails_are_translated(as_reader, ours, mailoutbox):
    user = ours.manager
    user.language = LANGUAGE
    user.save()
    as_reader.logout()
    as_reader.post(reverse("account_reset_password"), {"email": user.email})
    send_invitation(ours.workspace.invitations.get(), "https://portal.example")
    with translation.override("en"):
        member = ours.workspace.memberships.get(user=user)
        ours.workspace.mentions.update(user=user)
        assert send(membership=member, site="https://portal.example") > 0
    week = compose(ours.workspace, week_ended(ours.workspace.today()), "https://portal.example")
    mails = [(mail.subject, mail.body) for mail in mailoutbox] + [(week.subject, week.text), (week.html,)]

    assert len(mails) == 5
    found = [each for mail in mails for text in mail for each in unmarked(text, data=WORD, known=KNOWN)]
    assert [each for each in found if not each.startswith("http")] == []


def test_one_text_that_loses_its_mark_is_seen(as_reader, ours, catalogue):
    """The control: the same page with one text that the catalogue does not have."""
    page = as_reader.get(reverse("account_name"))
    broken = page.content.decode().replace("⟦Save⟧", "Save")

    assert unmarked(broken, data=WORD, known=KNOWN) == ["Save"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Saved</p>",
        '<a title="Open">⟦Open⟧</a>',
        '<input placeholder="Search">',
        "<p>⟦Sent to <a>somebody</a>⟧ today</p>",
        '<td data-label="Firm">Zanzibar LLP</td>',
    ],
)
def test_text_outside_of_brackets_is_seen(html):
    assert unmarked(html, data=WORD, known=KNOWN) != []


@pytest.mark.parametrize(
    "html",
    [
        "<p>⟦Sent to <a>somebody</a>⟧ 12:04</p>",
        '<p title="⟦Open⟧">Zanzibar person</p>',
        '<p lang="en">Exported a list <b>as CSV</b></p>⟦More⟧',
        "<script>var a = 'Saved';</script><style>p { color: red }</style>",
    ],
)
def test_data_and_text_in_brackets_are_not(html):
    assert unmarked(html, data=WORD, known=KNOWN) == []
