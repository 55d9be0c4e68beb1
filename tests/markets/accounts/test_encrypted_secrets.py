"""The secrets of second factors: encrypted at rest, and encrypted anew when the key is replaced."""

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from config.db.encryption import decrypt
from markets.accounts import encrypted_secrets
from markets.accounts.encrypted_secrets import rotate
from markets.models import AuditEvent
from tests.factories import PASSWORD, UserFactory
from tests.markets.accounts.second_factors import totp

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SEED = "0123456789abcdef" * 5
CODE = "48151623"


@pytest.fixture(autouse=True)
def key(settings):
    settings.ENCRYPTION_KEYS = ["1" * 40]


def plain_factors(user):
    """As the database held them before they were encrypted."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": SEED, "used_mask": 5})


def table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mfa_authenticator")
        return json.dumps(cursor.fetchall(), default=str)


def run(**options):
    out = StringIO()
    call_command("rotate_encryption_keys", format="json", stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.mark.django_db
class TestAtRest:
    def test_a_dump_of_the_table_holds_no_secret(self, db):
        user = UserFactory()
        TOTP.activate(user, SECRET)
        codes = RecoveryCodes.activate(user)
        seed = decrypt(codes.instance.data["seed"])

        assert SECRET not in table()
        assert seed not in table()
        assert not any(code in table() for code in codes.generate_codes())

    def test_the_control_a_dump_of_plain_rows_holds_them(self, db):
        plain_factors(UserFactory())

        assert SECRET in table()
        assert SEED in table()

    def test_rows_from_before_work_until_they_are_encrypted(self, client, manager):
        plain_factors(manager)
        client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})

        client.post(reverse("mfa_authenticate"), {"code": totp(SECRET)})

        assert client.session["_auth_user_id"] == str(manager.pk)


class TestRotation:
    def test_plain_rows_are_encrypted_once(self, db):
        user = UserFactory()
        plain_factors(user)

        assert run()["rotated"] == 2
        assert SECRET not in table()
        assert SEED not in table()
        assert RecoveryCodes.activate(user).instance.data["used_mask"] == 5
        before = table()
        assert (run()["rotated"], run()["current"]) == (0, 2)
        assert table() == before
        assert AuditEvent.objects.get().summary == "Encrypted 2 second factors with another key"

    def test_a_key_is_replaced_without_losing_a_code(self, db, settings):
        user = UserFactory()
        codes = RecoveryCodes.activate(user)
        expected = codes.generate_codes()
        settings.ENCRYPTION_KEYS = ["2" * 40, "1" * 40]

        assert run()["rotated"] == 1
        settings.ENCRYPTION_KEYS = ["2" * 40]
        assert RecoveryCodes.activate(user).generate_codes() == expected

    def test_codes_from_another_system_are_encrypted_too(self, db):
        user = UserFactory()
        Authenticator.objects.create(user=user, type="recovery_codes", data={"migrated_codes": [CODE, "11111111"]})

        assert run()["rotated"] == 1
        assert CODE not in table()
        assert RecoveryCodes.activate(user).generate_codes() == [CODE, "11111111"]

    def test_a_dry_run_writes_nothing(self, db):
        plain_factors(UserFactory())
        before = table()

        assert run(dry_run=True)["rotated"] == 2
        assert table() == before

    def test_it_goes_on_behind_an_interruption(self, db, monkeypatch):
        monkeypatch.setattr(encrypted_secrets, "ROWS_AT_A_TIME", 2)
        for _ in range(3):
            plain_factors(UserFactory())
        last = Authenticator.objects.order_by("pk").last()
        Authenticator.objects.filter(pk=last.pk).update(data={"secret": 7})
        with pytest.raises(AttributeError):
            rotate()

        Authenticator.objects.filter(pk=last.pk).update(data={"seed": SEED})
        result = rotate()

        assert (result.current, result.rotated) == (4, 2)

    def test_rows_that_no_key_reads_are_told_and_stay(self, db, settings):
        TOTP.activate(UserFactory(), SECRET)
        settings.ENCRYPTION_KEYS = ["2" * 40]
        before = table()

        with pytest.raises(CommandError, match="reads 1 second factors"):
            call_command("rotate_encryption_keys", stdout=StringIO())
        assert table() == before


class TestWrongKey:
    def test_signing_in_says_what_is_wrong(self, client, manager, settings):
        TOTP.activate(manager, SECRET)
        settings.ENCRYPTION_KEYS = ["2" * 40]
        client.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})

        page = client.post(reverse("mfa_authenticate"), {"code": totp(SECRET)})

        assert page.status_code == 200
        assert "restore the former key in ENCRYPTION_KEYS" in page.content.decode()

    def test_a_page_says_what_is_wrong(self, client, manager, settings):
        RecoveryCodes.activate(manager)
        client.force_login(manager)
        settings.ENCRYPTION_KEYS = ["2" * 40]
        client.raise_request_exception = False

        page = client.get(reverse("mfa_index"))

        assert page.status_code == 503
        assert "cannot read your second factor" in page.content.decode()
