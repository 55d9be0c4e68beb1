"""The folded text by which people are found. PostgreSQL writes the table of people anew: docs/operations/upgrades.md."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from markets.search.folding import Digits, LastPart, Lines, StoredFold
from markets.search.operations import CreateSearchFold


class Migration(migrations.Migration):
    dependencies = [("markets", "0007_no_names_in_audit_events")]

    operations = [
        TrigramExtension(),
        CreateSearchFold(),
        migrations.AddField(
            model_name="contact",
            name="search_text",
            field=models.GeneratedField(
                db_persist=True,
                expression=StoredFold(
                    Lines(
                        *("full_name", "first_name", "last_name", "firm", "title", "email", "city", "external_id"),
                        *(LastPart("profile_url"), Digits("phone_e164"), Digits("phone")),
                    )
                ),
                output_field=models.TextField(),
            ),
        ),
    ]
