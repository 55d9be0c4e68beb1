"""A page is in the user's language, else in the browser's, else in English."""

from django.utils.translation import gettext

from markets.accounts.languages import writing_to
from markets.models import User
from tests.factories import UserFactory

NAME = "/accounts/name/"
GERMAN, ENGLISH = "Name und Sprache", "Name and language"


def page(client, accepted=""):
    return client.get(NAME, headers={"accept-language": accepted} if accepted else {})


def test_without_a_choice_a_page_is_in_the_language_of_the_browser(as_viewer):
    assert ENGLISH in page(as_viewer).content.decode()
    answer = page(as_viewer, "de-AT,de;q=0.9,en;q=0.5")
    assert GERMAN in answer.content.decode()
    assert '<html lang="de">' in answer.content.decode()
    assert answer["Content-Language"] == "de"
    assert "Accept-Language" in answer["Vary"]


def test_a_language_that_the_portal_does_not_have_gives_english(as_viewer):
    assert ENGLISH in page(as_viewer, "fr,tlh;q=0.5").content.decode()


def test_the_chosen_language_wins_over_that_of_the_browser(as_viewer, viewer):
    answer = as_viewer.post(NAME, {"first_name": "Ada", "language": "de"}, follow=True)
    assert GERMAN in answer.content.decode()
    assert GERMAN in page(as_viewer, "en").content.decode()
    assert as_viewer.post(NAME, {"first_name": "Ada", "language": ""}, follow=True).status_code == 200
    assert ENGLISH in page(as_viewer, "en").content.decode()


def test_a_language_that_the_portal_does_not_have_cannot_be_chosen(as_viewer, viewer):
    answer = as_viewer.post(NAME, {"first_name": "Ada", "language": "tlh"})
    assert "Select a valid choice" in answer.content.decode()
    assert User.objects.get(pk=viewer.pk).language == ""


def test_texts_to_a_user_are_in_the_chosen_language_else_in_english(db):
    with writing_to(UserFactory(language="de")):
        assert gettext(ENGLISH) == GERMAN
        with writing_to(UserFactory()):
            assert gettext(ENGLISH) == ENGLISH
    assert gettext(ENGLISH) == ENGLISH
