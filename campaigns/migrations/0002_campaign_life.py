import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.db.composite_keys


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0001_initial"),
        ("markets", "0004_campaign_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("rule", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="AudienceProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.JSONField(help_text="The rule that was applied.")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "superseded_at",
                    models.DateTimeField(help_text="When a newer proposal replaced what was left of it.", null=True),
                ),
            ],
            options={
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="CampaignCaller",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["campaign", "id"],
            },
        ),
        migrations.CreateModel(
            name="CampaignGoal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("coverage", "Coverage"),
                            ("conversations", "Conversations"),
                            ("meetings", "Meetings booked"),
                        ],
                        max_length=13,
                    ),
                ),
                ("target", models.PositiveIntegerField()),
                ("due_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["campaign", "kind"],
            },
        ),
        migrations.CreateModel(
            name="CampaignReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("document", models.JSONField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["campaign", "version"],
            },
        ),
        migrations.CreateModel(
            name="CampaignSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CampaignTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["campaign", "tag"],
            },
        ),
        migrations.CreateModel(
            name="CampaignTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("validation", "Validation"),
                            ("follow_up", "Follow-up"),
                            ("coverage", "Ongoing coverage"),
                        ],
                        default="validation",
                        max_length=12,
                    ),
                ),
                ("brief", models.TextField(blank=True)),
                ("most_attempts", models.PositiveSmallIntegerField(default=6)),
                ("rest_days", models.PositiveSmallIntegerField(default=2)),
                (
                    "calls_from",
                    models.PositiveSmallIntegerField(default=8, help_text="Hour of the day, at the person's place."),
                ),
                ("calls_until", models.PositiveSmallIntegerField(default=21)),
                ("calls_on_weekends", models.BooleanField(default=False)),
                ("goals", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-note"],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("edited_at", models.DateTimeField(editable=False, null=True)),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-written_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ProposedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("change", models.CharField(choices=[("join", "Join"), ("leave", "Leave")], max_length=5)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "Open"), ("accepted", "Accepted"), ("refused", "Refused")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["proposal", "change", "contact"],
            },
        ),
        migrations.CreateModel(
            name="SelectedContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("selected_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["campaign", "user", "contact"],
            },
        ),
        migrations.CreateModel(
            name="SharedLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sections", models.JSONField(default=list, help_text="The sections that it shows.")),
                ("period", models.CharField(default="all", help_text="The period of a market's page.", max_length=10)),
                ("shows_people", models.BooleanField(default=False, help_text="Shows names and what people said.")),
                ("document", models.JSONField(help_text="What a frozen link shows.", null=True)),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("password_hash", models.CharField(blank=True, editable=False, max_length=200)),
                ("label", models.CharField(blank=True, help_text="For whom it is.", max_length=120)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("done_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": [models.OrderBy(models.F("due_on"), nulls_last=True), "id"],
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="calls_from",
            field=models.PositiveSmallIntegerField(
                db_default=8,
                default=8,
                help_text="Offer people from this hour on, in their local time.",
                verbose_name="calls from, hour of the day",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="calls_on_weekends",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Otherwise people are called from Monday to Friday, and at a weekend if they were promised that.",
                verbose_name="call on Saturdays and Sundays",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="calls_until",
            field=models.PositiveSmallIntegerField(
                db_default=21,
                default=21,
                help_text="Offer nobody from this hour on, in their local time.",
                verbose_name="calls until, hour of the day",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="is_living",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="The rule proposes every night who joins and leaves.",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="priority_rule",
            field=models.JSONField(
                blank=True, editable=False, help_text="The audience whose people the queue offers first.", null=True
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="rule",
            field=models.JSONField(
                blank=True, editable=False, help_text="The audience that it was made from.", null=True
            ),
        ),
        migrations.AddField(
            model_name="campaigncontact",
            name="added_reason",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, help_text="Why they were chosen.", max_length=500
            ),
        ),
        migrations.AddField(
            model_name="campaigncontact",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                help_text="The caller whose person they are. Nobody: any caller of the campaign.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="campaigncontact",
            name="first_attempt_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="most_attempts",
            field=models.PositiveSmallIntegerField(
                default=6,
                help_text="Stop offering a person after this many attempts without a result.",
                verbose_name="maximum attempts",
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="rest_days",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="Wait this many days before offering the person again.",
                verbose_name="days between attempts",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(fields=["workspace"], name="member_in_workspace"),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(
                condition=models.Q(("first_attempt_at__isnull", False)),
                fields=["campaign", "first_attempt_at"],
                name="member_first_attempt",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigncontact",
            index=models.Index(
                condition=models.Q(("assigned_to__isnull", False)),
                fields=["workspace", "assigned_to"],
                name="member_assigned",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("calls_from__lt", models.F("calls_until")), ("calls_until__lte", 24)),
                name="campaign_hours_in_range",
                violation_error_message="Calls end after they begin, at 24 at the latest.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_living", False), ("rule__isnull", False), _connector="OR"),
                name="campaign_living_has_rule",
            ),
        ),
        migrations.AddField(
            model_name="audience",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="audience",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="audiences", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="audienceproposal",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audience_proposals",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="audienceproposal",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="audience_proposals", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="campaigncaller",
            name="added_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="campaigncaller",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="callers",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaigncaller",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="campaigncaller",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaign_callers",
                to="markets.workspace",
            ),
        ),
        migrations.AddField(
            model_name="campaigngoal",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="goals",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaigngoal",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaign_goals",
                to="markets.workspace",
            ),
        ),
        migrations.AddField(
            model_name="campaignreport",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaignreport",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="campaignreport",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="campaign_reports", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="campaignsource",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaign_sources",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaignsource",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="source_of",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaignsource",
            name="workspace",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="campaigntag",
            name="added_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="campaigntag",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tags",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaigntag",
            name="tag",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaign_tags",
                to="markets.tag",
            ),
        ),
        migrations.AddField(
            model_name="campaigntag",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaign_tags",
                to="markets.workspace",
            ),
        ),
        migrations.AddField(
            model_name="campaigntemplate",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="campaigntemplate",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="campaign_templates", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mentions",
                to="markets.workspace",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="written_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="note",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mentions",
                to="campaigns.note",
            ),
        ),
        migrations.AddField(
            model_name="proposedchange",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposed_changes",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="proposedchange",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposedchange",
            name="proposal",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="campaigns.audienceproposal",
            ),
        ),
        migrations.AddField(
            model_name="proposedchange",
            name="workspace",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="selectedcontact",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="selected_contacts",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="selectedcontact",
            name="contact",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="selected_for",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="selectedcontact",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="selectedcontact",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="selected_contacts",
                to="markets.workspace",
            ),
        ),
        migrations.AddField(
            model_name="sharedlink",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sharedlink",
            name="market",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shared_links",
                to="markets.market",
            ),
        ),
        migrations.AddField(
            model_name="sharedlink",
            name="report",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shared_links",
                to="campaigns.campaignreport",
            ),
        ),
        migrations.AddField(
            model_name="sharedlink",
            name="revoked_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sharedlink",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="shared_links", to="markets.workspace"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="markets.contact",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="done_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="markets.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="audience_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                name="audience_name_unique",
                violation_error_message="This workspace has an audience of that name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="audience_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="audienceproposal",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="audience_proposal_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="audienceproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("campaign", "workspace"),
                name="audience_proposal_newest_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncaller",
            constraint=models.UniqueConstraint(
                fields=("campaign", "user", "workspace"),
                name="campaign_caller_unique",
                violation_error_message="This caller is in the campaign already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigngoal",
            constraint=models.UniqueConstraint(fields=("campaign", "kind", "workspace"), name="campaign_goal_unique"),
        ),
        migrations.AddConstraint(
            model_name="campaigngoal",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["coverage", "conversations", "meetings"])),
                name="campaign_goal_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigngoal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("target__gte", 1),
                    models.Q(models.Q(("kind", "coverage"), _negated=True), ("target__lte", 100), _connector="OR"),
                ),
                name="campaign_goal_in_range",
                violation_error_message="Enter a goal of at least 1; a coverage is at most 100 per cent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignreport",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="campaign_report_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="campaignreport",
            constraint=models.UniqueConstraint(
                fields=("campaign", "version", "workspace"), name="campaign_report_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignsource",
            constraint=models.UniqueConstraint(
                fields=("campaign", "source", "workspace"), name="campaign_source_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("campaign", models.F("source")), _negated=True), name="campaign_source_is_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntag",
            constraint=models.UniqueConstraint(
                fields=("campaign", "tag", "workspace"),
                name="campaign_tag_unique",
                violation_error_message="This campaign has that tag already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntemplate",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                name="campaign_template_name_unique",
                violation_error_message="This workspace has a template of that name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="campaign_template_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["validation", "follow_up", "coverage"])),
                name="campaign_template_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_attempts__range", (1, 100))),
                name="campaign_template_attempts_in_range",
                violation_error_message="Call somebody at least once and at most 100 times.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("rest_days__lte", 365)),
                name="campaign_template_rest_in_range",
                violation_error_message="Let people rest for at most 365 days between attempts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("calls_from__lt", models.F("calls_until")), ("calls_until__lte", 24)),
                name="campaign_template_hours_in_range",
                violation_error_message="Calls end after they begin, at 24 at the latest.",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="note_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact__isnull", False), ("campaign__isnull", False), _connector="OR"),
                name="note_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(fields=("note", "user", "workspace"), name="mention_unique"),
        ),
        migrations.AddConstraint(
            model_name="proposedchange",
            constraint=models.UniqueConstraint(
                fields=("proposal", "contact", "workspace"), name="proposed_change_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("change__in", ["join", "leave"])), name="proposed_change_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decision", "")),
                    models.Q(("decided_at__isnull", False), ("decision__in", ["accepted", "refused"])),
                    _connector="OR",
                ),
                name="proposed_change_decided_with_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="selectedcontact",
            constraint=models.UniqueConstraint(
                fields=("campaign", "user", "contact", "workspace"), name="selected_contact_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedlink",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="shared_link_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="sharedlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("market", None), ("report__isnull", False)),
                    models.Q(("market__isnull", False), ("report", None)),
                    _connector="OR",
                ),
                name="shared_link_shares_one_thing",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["workspace", "due_on"], name="task_open_by_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="task_key_in_workspace"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="task_has_title"),
        ),
        migrations.AddConstraint(
            model_name="audienceproposal",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="audience_proposal_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncaller",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_caller_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigngoal",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_goal_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignreport",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_report_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignsource",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_source_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignsource",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "source"),
                name="campaign_source_source_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The source belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntag",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="campaign_tag_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntag",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "tag"),
                name="campaign_tag_tag_in_workspace",
                to="markets.Tag",
                to_fields=("workspace", "id"),
                violation_error_message="The tag belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="note_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="note_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "note"),
                name="mention_note_in_workspace",
                to="campaigns.Note",
                to_fields=("workspace", "id"),
                violation_error_message="The note belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedchange",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "proposal"),
                name="proposed_change_proposal_in_workspace",
                to="campaigns.AudienceProposal",
                to_fields=("workspace", "id"),
                violation_error_message="The proposal belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedchange",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="proposed_change_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="selectedcontact",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="selected_contact_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="selectedcontact",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="selected_contact_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedlink",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "report"),
                name="shared_link_report_in_workspace",
                to="campaigns.CampaignReport",
                to_fields=("workspace", "id"),
                violation_error_message="The report belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedlink",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "market"),
                name="shared_link_market_in_workspace",
                to="markets.Market",
                to_fields=("workspace", "id"),
                violation_error_message="The market belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "contact"),
                name="task_contact_in_workspace",
                to="markets.Contact",
                to_fields=("workspace", "id"),
                violation_error_message="The contact belongs to another workspace.",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=config.db.composite_keys.CompositeForeignKey(
                fields=("workspace", "campaign"),
                name="task_campaign_in_workspace",
                to="campaigns.Campaign",
                to_fields=("workspace", "id"),
                violation_error_message="The campaign belongs to another workspace.",
            ),
        ),
    ]
