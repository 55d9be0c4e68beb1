"""Secrets of second factors were stored in plain text."""

from django.db import migrations


def encrypt(apps, schema_editor):
    from markets.accounts.encrypted_secrets import rotate

    rotate(model=apps.get_model("mfa", "Authenticator"))


def decrypt(apps, schema_editor):
    from config.db.encryption import decrypt as decrypted
    from markets.accounts.encrypted_secrets import with_secrets

    for row in apps.get_model("mfa", "Authenticator").objects.iterator():
        row.data = with_secrets(row.data, decrypted)
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0005_operations"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
