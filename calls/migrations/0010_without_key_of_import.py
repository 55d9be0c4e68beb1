from django.db import migrations


class Migration(migrations.Migration):
    """The job that brings calls is held while they are written: a key checked it for each of them again."""

    dependencies = [("calls", "0009_bookings")]

    operations = [migrations.RemoveConstraint(model_name="call", name="call_brought_by_in_workspace")]
