"""The contact whom the tests of erasure erase, and every word that identifies her."""

from markets.imports.fields import CONTACT_FIELDS
from markets.imports.mapping import ColumnMapping

PERSON = {
    "full_name": "Zelda Quarrington",
    "first_name": "Zelda",
    "last_name": "Quarrington",
    "name_key": "zelda quarrington",
    "firm": "Quarrington Vale LLP",
    "title": "Quarrington Fellow",
    "email": "zelda@quarrington.example",
    "phone": "(212) 555-7391",
    "external_id": "ZQ-4711",
    "city": "Quarringtown",
    "profile_url": "https://people.example/quarrington",
}


IDENTIFYING_WORDS = ("zelda", "quarrin", "zq-4711", "5557391", "555-7391", "zeldie", "9982210", "old-quarry")


COLUMN_NAMES = {"full_name": "Full name", "email": "Email", "phone": "Phone", "external_id": "External ID"}


def columns(names):
    return ColumnMapping([COLUMN_NAMES[name] for name in names], CONTACT_FIELDS)
