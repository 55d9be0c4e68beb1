from django.db import migrations

from markets.search.folding import Digits, Fold, Lines
from markets.search.indexes import TrigramIndex
from markets.search.operations import AddTrigramIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("markets", "0008_search")]

    operations = [
        AddTrigramIndex(model_name="contact", index=TrigramIndex("search_text", name="contact_search")),
        AddTrigramIndex(
            model_name="contactpoint",
            index=TrigramIndex(
                Fold(Lines("typed", Digits("phone_e164"), Digits("typed"))), name="contact_point_search"
            ),
        ),
    ]
