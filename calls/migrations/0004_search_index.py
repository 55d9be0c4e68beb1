from django.db import migrations, models

from markets.search.folding import Fold
from markets.search.indexes import TrigramIndex
from markets.search.operations import AddTrigramIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("calls", "0003_campaign_life"), ("markets", "0008_search")]

    operations = [
        AddTrigramIndex(
            model_name="call",
            index=TrigramIndex(Fold("notes"), condition=~models.Q(notes=""), name="call_search"),
        ),
    ]
