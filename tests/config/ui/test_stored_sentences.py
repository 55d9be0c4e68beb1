from django.utils import translation
from django.utils.translation import gettext_noop

from config.ui.stored_sentences import StoredSentences

SENTENCES = StoredSentences(
    gettext_noop("Removed a %(role)s"),
    gettext_noop("Removed a passkey"),
    gettext_noop("Changed a person: %(fields)s"),
    gettext_noop("Callbacks handed to %(caller)s."),
)


def test_a_sentence_is_shown_as_it_is_kept_in_english():
    assert SENTENCES.in_language("Changed a person: first name, city") == "Changed a person: first name, city"


def test_a_sentence_and_its_words_are_put_into_the_language_of_the_page():
    with translation.override("de"):
        assert SENTENCES.in_language("Changed a person: first name, city") == "Hat eine Person geändert: Vorname, Ort"


def test_of_two_templates_the_one_with_fewer_values_fits():
    with translation.override("de"):
        assert SENTENCES.in_language("Removed a passkey") == "Hat einen Passkey entfernt"
        assert SENTENCES.in_language("Removed a manager") == "Hat ein Mitglied entfernt (Rolle: Manager)"


def test_what_no_template_fits_stays_english():
    with translation.override("de"):
        assert SENTENCES.in_language("Did something new") == "Did something new"


def test_a_mention_of_a_row_stays_as_it_is():
    with translation.override("de"):
        assert SENTENCES.in_language("Callbacks handed to [user 5].") == "Rückrufe an [user 5] übergeben."
