from django.db import migrations

from markets.search.indexes import TrigramIndex
from markets.search.operations import AddTrigramIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("markets", "0014_search_without_numbers")]

    operations = [
        AddTrigramIndex(model_name="contact", index=TrigramIndex("search_text", name="contact_search")),
    ]
