from django.db import migrations, models

import markets.models.workspaces


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0004_suppressions_from_lists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="city",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="contact",
            name="email",
            field=models.EmailField(
                blank=True, db_default="", default="", help_text="Kept in small letters.", max_length=254
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="external_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="external ID"),
        ),
        migrations.AlterField(
            model_name="contact",
            name="firm",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="contact",
            name="first_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="contact",
            name="full_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="contact",
            name="last_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="contact",
            name="name_key",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=400),
        ),
        migrations.AlterField(
            model_name="contact",
            name="phone",
            field=models.CharField(blank=True, db_default="", default="", help_text="As it was typed.", max_length=60),
        ),
        migrations.AlterField(
            model_name="contact",
            name="phone_e164",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=16, verbose_name="phone (E.164)"
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="profile_url",
            field=models.URLField(blank=True, db_default="", default="", max_length=500, verbose_name="profile URL"),
        ),
        migrations.AlterField(
            model_name="contact",
            name="seniority",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="contact",
            name="timezone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=64,
                validators=[markets.models.workspaces.validate_timezone],
                verbose_name="time zone",
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="title",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="contact",
            name="wrong_phone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The number that last turned out to be incorrect.",
                max_length=16,
            ),
        ),
    ]
