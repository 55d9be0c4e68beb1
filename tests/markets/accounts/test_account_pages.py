"""The pages of an account: passwords by mail, the frame that all share, and the second factor."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import call_command
from django.urls import reverse

from markets.models import User
from tests.factories import PASSWORD
from tests.markets.workspaces.test_invitations import GOOD, sign_in


def totp(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def confirm(client, password):
    """Whoever changes how they sign in types their password again."""
    return client.post(reverse("account_reauthenticate"), {"password": password})


@pytest.mark.parametrize("before", [PASSWORD, None])
def test_a_password_that_is_forgotten_or_was_never_set_is_chosen_by_mail(client, manager, mailoutbox, before):
    manager.set_password(before)
    manager.save()

    client.post(reverse("account_reset_password"), {"email": manager.email})
    (mail,) = mailoutbox
    link = next(word for word in mail.body.split() if "/accounts/password/reset/key/" in word)

    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": GOOD, "password2": GOOD})

    manager.refresh_from_db()
    assert manager.check_password(GOOD)


def test_an_unknown_address_learns_nothing_from_the_reset(client, manager):
    known = client.post(reverse("account_reset_password"), {"email": manager.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@firm.example"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]
)
def test_pages_before_signing_in_stand_in_the_frame(client, db, name):
    page = client.get(reverse(name)).content.decode()

    assert 'class="plain' in page
    assert "portal.css" in page
    assert "<style" not in page


@pytest.mark.parametrize(
    "name",
    [
        *("account_logout", "account_change_password", "account_email", "account_reauthenticate"),
        *("mfa_index", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    ],
)
def test_pages_of_the_own_account_stand_in_the_frame(client, manager, name):
    sign_in(client, manager)

    answer = client.get(reverse(name), follow=True)

    assert answer.status_code in (200, 404)  # recovery codes come with an authenticator
    frame = "plain" if name == "account_reauthenticate" or answer.status_code == 404 else "frame"
    assert f'class="{frame}' in answer.content.decode()


def test_a_second_factor_is_set_up_and_then_asked_for(client, manager):
    sign_in(client, manager)
    confirm(client, PASSWORD)
    setup = client.get(reverse("mfa_activate_totp"))
    page = setup.content.decode()
    assert "data:image/svg+xml;base64," in page
    assert "unsafe" not in setup.headers["Content-Security-Policy"]

    codes = client.post(
        reverse("mfa_activate_totp"), {"code": totp(setup.context["form"].secret)}, follow=True
    ).content.decode()
    assert "Recovery codes" in codes
    assert "Recovery codes" in client.get(reverse("mfa_index")).content.decode()
    client.post(reverse("account_logout"))

    answer = sign_in(client, manager)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert "code that your authenticator app shows" in client.get(reverse("mfa_authenticate")).content.decode()
    assert not client.session.get("_auth_user_id")


def test_a_superuser_from_the_command_line_is_led_to_the_second_factor(client, db, mailoutbox, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD)
    call_command("createsuperuser", email="root@portal.example", interactive=False, verbosity=0)
    user = User.objects.get()

    sign_in(client, user, GOOD, next="/admin/")
    link = next(word for word in mailoutbox[0].body.split() if "/accounts/confirm-email/" in word)
    client.post(link)
    sign_in(client, user, GOOD, next="/admin/")

    assert client.get("/admin/").headers["Location"] == reverse("mfa_activate_totp")
    assert confirm(client, GOOD).status_code == 302
    assert "Authenticator secret" in client.get(reverse("mfa_activate_totp")).content.decode()
