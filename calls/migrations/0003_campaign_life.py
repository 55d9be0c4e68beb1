import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0002_sources_and_phones"),
        ("campaigns", "0002_campaign_life"),
        ("markets", "0004_campaign_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="call",
            name="call_with_callback",
        ),
        migrations.AddField(
            model_name="call",
            name="callback_decided_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="call",
            name="callback_decided_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="callback_decision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not decided"),
                    ("kept", "Kept until the campaign resumes"),
                    ("handed_over", "Handed over"),
                    ("follow_up", "Left to a follow-up campaign"),
                    ("released", "Released"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=11,
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("callback_at__isnull", False), ("voided_at", None)),
                fields=["workspace", "callback_at", "fulfilled_at", "callback_decision"],
                name="call_with_callback",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("callback_decided_at", None), ("callback_decision", "")),
                    models.Q(
                        ("callback_decided_at__isnull", False),
                        ("callback_decision__in", ["kept", "handed_over", "follow_up", "released"]),
                    ),
                    _connector="OR",
                ),
                name="call_callback_decided_with_time",
            ),
        ),
    ]
