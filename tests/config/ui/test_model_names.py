from django.apps import apps
from django.utils import translation
from django.utils.translation import gettext

from config.ui.english import in_english
from config.ui.model_names import NAMES
from markets.models import Contact

PORTAL = ("markets", "campaigns", "calls", "signals")


def names() -> set[str]:
    """The English names of all models and fields of the portal."""
    with in_english():
        models = [model for model in apps.get_models() if model._meta.app_label in PORTAL]
        fields = [field for model in models for field in (*model._meta.local_fields, *model._meta.local_many_to_many)]
        kinds = [name for model in models for name in (model._meta.verbose_name, model._meta.verbose_name_plural)]
        return {str(name) for name in (*kinds, *(field.verbose_name for field in fields))}


def test_the_catalogue_knows_every_name():
    assert names() - {*NAMES} == set()
    assert {*NAMES} - names() == set()


def test_every_name_is_translated_into_german():
    with translation.override("de"):
        same = {name for name in NAMES if gettext(name) == name}
    assert same == {"ID"}


def test_a_field_is_called_in_the_language_of_the_page():
    field = Contact._meta.get_field("first_name")
    with translation.override("de"):
        assert str(field.verbose_name) == "Vorname"
        with in_english():
            assert str(field.verbose_name) == "first name"
