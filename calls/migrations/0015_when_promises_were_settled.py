from itertools import batched
from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Q, Subquery


def fill_in(apps: Any, schema_editor: Any) -> None:
    """Some at a time: whoever calls back meanwhile does not wait for all of them."""
    calls = apps.get_model("calls", "Call").objects.order_by("pk")
    later = Q(started_at__gt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__gt=OuterRef("pk"))
    since = calls.filter(later, contact=OuterRef("contact"), campaign=OuterRef("campaign"), voided_at=None)
    first = since.exclude(disposition="").order_by("started_at", "pk").values("started_at")[:1]
    promises = calls.filter(callback_at__isnull=False, voided_at=None)
    for some in batched(promises.values_list("pk", flat=True), 500):
        promises.filter(pk__in=some).update(settled_at=Subquery(first))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("calls", "0014_promises_settled")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
