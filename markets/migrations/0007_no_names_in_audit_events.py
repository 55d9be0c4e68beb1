"""Sentences of the audit log named people and firms. From now on the database refuses to change them."""

from django.db import migrations

from config.db.append_only import AppendOnly

WITH_NAMES = {
    "callers_changed": "Callers added",
    "caller_removed": "A caller was removed",
    "caller_left": "A caller left",
    "callbacks_decided": "Callbacks were decided",
    "callbacks_handed_over": "Callbacks were handed over",
    "people_assigned": "People were assigned",
    "priority_changed": "Whom to call first was changed",
    "follow_up_created": "Created as a follow-up",
    "living_audience_changed": "The living audience was changed",
    "audience_decided": "What the living audience proposed was decided",
    "audience_changed": "Changed an audience",
    "audience_deleted": "Deleted an audience",
}
"""Neutral sentences for the actions of earlier versions whose own named somebody."""
RULE = AppendOnly(moment="happened_at", name="audit_event_append_only", switch="audit_maintenance")


def remove_names(apps, schema_editor):
    model = apps.get_model("markets", "AuditEvent")
    for action, sentence in WITH_NAMES.items():
        model.objects.filter(action=action).update(summary=sentence)
    for event in model.objects.filter(details__has_key="rule"):
        rest = {name: value for name, value in event.details.items() if name != "rule"}
        model.objects.filter(pk=event.pk).update(details=rest)


class Migration(migrations.Migration):
    dependencies = [("markets", "0006_encrypt_second_factors")]

    operations = [
        migrations.RemoveConstraint("auditevent", RULE.name),
        migrations.RunPython(remove_names, migrations.RunPython.noop),
        migrations.AddConstraint("auditevent", RULE),
    ]
