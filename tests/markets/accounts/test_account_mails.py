"""Every mail that allauth can send, in the portal's words. A new one fails the test until it is written."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as project
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.timezone import now

from tests.factories import PASSWORD

ALLAUTH = Path(allauth.__file__).parent / "templates"
OURS = Path(project.BASE_DIR) / "templates"
MAILS = sorted(
    str(each.relative_to(ALLAUTH)).removesuffix("_subject.txt")
    for app in ("account", "mfa", "socialaccount", "usersessions")
    for each in (ALLAUTH / app).glob("email/*_subject.txt")
)
WITH_CODE = [each for each in MAILS if each.endswith("_code")] + ["account/email/email_confirmation"]
VALUES = {
    "password_reset_url": "https://portal.example/accounts/password/reset/key/abc/",
    "signup_url": "https://portal.example/accounts/signup/",
    "activate_url": "https://portal.example/accounts/confirm-email/abc/",
    "code": "",
    "from_email": "ann@former.example",
    "to_email": "ann@firm.example",
    "deleted_email": "ann@former.example",
    "provider": "Acme's identity provider",
    "ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
}
STRANGE = re.compile(r"example\.com|[Ss]ign ?up|[Pp]lease|!|Thank you|\bNone\b|&#|&amp;|user account|[Tt]hird-[Pp]arty")


@pytest.fixture
def read(rf):
    """A mail as it would be sent: the subject and the text."""
    request = RequestFactory().get("/", headers={"host": "portal.example"}, secure=True)

    def read(prefix, email="ann@firm.example", **values):
        with context.request_context(request):
            request.META["SERVER_NAME"] = "portal.example"
            mail = get_adapter().render_mail(
                prefix, email, {"request": request, "email": email, "timestamp": now(), **VALUES, **values}
            )
        assert not mail.alternatives
        return mail.subject, mail.body

    project_hosts = [*project.ALLOWED_HOSTS, "portal.example"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project, "ALLOWED_HOSTS", project_hosts)
        yield read


def test_the_list_is_the_one_of_allauth():
    assert len(MAILS) >= 18
    assert "account/email/unknown_account" in MAILS


@pytest.mark.parametrize("prefix", MAILS)
def test_a_mail_is_in_the_words_of_the_portal(read, prefix):
    for part in ("subject", "message"):
        source = Path(get_template(f"{prefix}_{part}.txt").origin.name)
        assert source.is_relative_to(OURS), f"{source.name} is allauth's: write it in templates/{prefix}_{part}.txt"

    subject, body = read(prefix, code="913-227" if prefix in WITH_CODE else "")

    assert subject
    assert len(subject) <= 60
    assert body.startswith("Hello,\n\n")
    assert body.endswith("Client Portal\nhttps://portal.example/")
    assert not STRANGE.search(f"{subject}\n{body}".replace("/accounts/signup/", ""))
    assert "\n\n\n" not in body
    assert all(link.startswith("https://portal.example/") for link in re.findall(r"https?://\S+", body))


@pytest.mark.parametrize("prefix", WITH_CODE)
def test_a_mail_with_a_code_has_it(read, prefix):
    assert "\n\n913-227\n\n" in read(prefix, code="913-227")[1]


def test_the_control_the_words_of_allauth_are_noticed():
    assert STRANGE.search("Thank you for using example.com!")
    assert STRANGE.search("If it was you, you can sign up for an account using the link below.")


def test_an_unknown_address_is_not_invited_to_a_sign_up_that_is_closed(client, db, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": "nobody@firm.example"})

    (mail,) = mailoutbox
    assert mail.subject == "No account with this address"
    assert "nobody@firm.example" in mail.body
    assert "ask a manager of your workspace to invite you" in mail.body
    assert "signup" not in mail.body


def test_a_name_with_signs_is_not_escaped(read):
    assert "o'hara&co@firm.example" in read("account/email/unknown_account", email="o'hara&co@firm.example")[1]


def test_links_come_from_the_address_under_which_the_portal_was_asked(client, manager, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]

    client.post(reverse("account_reset_password"), {"email": manager.email}, headers={"host": "portal.example"})

    assert "http://portal.example/accounts/password/reset/key/" in mailoutbox[0].body
    answer = client.post(reverse("account_reset_password"), {"email": manager.email}, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert len(mailoutbox) == 1


class TestNotices:
    @pytest.fixture
    def signed_in(self, client, manager):
        client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
        return client

    def test_a_changed_password_is_reported(self, signed_in, manager, mailoutbox):
        new = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
        signed_in.post(reverse("account_change_password"), new, headers={"User-Agent": VALUES["user_agent"]})

        (mail,) = mailoutbox
        assert (mail.subject, mail.to) == ("Your password was changed", [manager.email])
        assert "Firefox on Linux, from 127.0.0.1" in mail.body

    def test_a_removed_app_is_reported(self, signed_in, manager, mailoutbox):
        TOTP.activate(manager, generate_totp_secret())

        signed_in.post(reverse("mfa_deactivate_totp"))

        assert [mail.subject for mail in mailoutbox] == ["Your authenticator app was removed"]

    def test_a_new_address_is_confirmed_and_the_former_told(self, signed_in, manager, mailoutbox):
        former = manager.email
        signed_in.post(reverse("account_email"), {"email": "new@firm.example", "action_add": "1"})
        (mail,) = mailoutbox
        assert (mail.subject, mail.to) == ("Confirm your address for Client Portal", ["new@firm.example"])
        manager.refresh_from_db()
        assert manager.email == former

        link = next(word for word in mail.body.split() if "/confirm-email/" in word)
        signed_in.post(link)

        manager.refresh_from_db()
        assert manager.email == "new@firm.example"
        assert list(EmailAddress.objects.filter(user=manager).values_list("email", flat=True)) == ["new@firm.example"]
        assert [(mail.subject, mail.to) for mail in mailoutbox[1:]] == [("Your address was changed", [former])]

    def test_who_has_a_second_factor_may_change_the_address_too(self, signed_in, manager, mailoutbox):
        TOTP.activate(manager, generate_totp_secret())

        signed_in.post(reverse("account_email"), {"email": "other@firm.example", "action_add": "1"})

        assert [mail.to for mail in mailoutbox] == [["other@firm.example"]]


class TestMailServerDown:
    @pytest.fixture(autouse=True)
    def down(self, settings):
        settings.MAILERS = {"default": {"BACKEND": "tests.markets.accounts.test_account_mails.DownBackend"}}

    def test_a_change_is_made_and_the_log_says_what_is_missing(self, client, manager, caplog):
        client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
        new = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}

        client.post(reverse("account_change_password"), new)

        manager.refresh_from_db()
        assert manager.check_password("another long secret")
        assert "The mail account/email/password_changed could not be sent: ConnectionRefusedError" in caplog.text
        assert manager.email not in caplog.text

    @pytest.mark.parametrize("known", [True, False])
    def test_who_waits_for_a_mail_is_told(self, client, manager, known):
        email = manager.email if known else "nobody@firm.example"

        page = client.post(reverse("account_reset_password"), {"email": email}, follow=True)

        assert "The mail could not be sent. Try again in a few minutes." in page.content.decode()


class DownBackend:
    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError
