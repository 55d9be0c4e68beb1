from django.db import migrations, models

from markets.search.folding import Fold
from markets.search.indexes import TrigramIndex
from markets.search.operations import AddTrigramIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("signals", "0001_initial"), ("markets", "0008_search")]

    operations = [
        AddTrigramIndex(
            model_name="signal",
            index=TrigramIndex(Fold("evidence"), condition=~models.Q(evidence=""), name="signal_search"),
        ),
    ]
