from typing import Any

from django.db import migrations
from django.db.models import Min, OuterRef, Subquery


def fill_in(apps: Any, schema_editor: Any) -> None:
    calls = apps.get_model("calls", "Call").objects.filter(campaign=OuterRef("campaign"), contact=OuterRef("contact"))
    first = calls.order_by().values("contact").annotate(first=Min("recorded_at")).values("first")
    apps.get_model("campaigns", "CampaignContact").objects.update(first_recorded_at=Subquery(first))


class Migration(migrations.Migration):
    dependencies = [("calls", "0011_callers_by_workspace"), ("campaigns", "0009_first_recorded")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
