"""A page is in the user's language, else in the browser's, else in English."""

from django.utils.translation import gettext

from markets.accounts.languages import writing_to
from markets.models import User
from markets.workspaces.invitations import invite
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


def test_the_language_is_chosen_before_signing_in_and_kept_by_a_cookie(client, db):
    sign_in = "/accounts/login/?next=/w/acme/"
    assert (
        '<button class="quiet" name="language" value="de" lang="de">Deutsch</button>'
        in client.get(sign_in).content.decode()
    )

    answer = client.post("/accounts/language/", {"language": "de", "next": sign_in})

    assert answer["Location"] == sign_in
    assert answer.cookies["django_language"]["httponly"]
    page = client.get(sign_in)
    assert "Anmelden" in page.content.decode()
    assert "Cookie" in page["Vary"]


def test_choosing_the_language_leads_to_no_other_site(client, db):
    answer = client.post("/accounts/language/", {"language": "de", "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_whoever_signs_up_keeps_the_language_of_that_page(client, workspace, manager, mailoutbox):
    _, path = invite(workspace=workspace, email="new@portal.example", role="viewer", by=manager)
    client.post("/accounts/language/", {"language": "de"})
    client.get(path)

    client.post(
        "/accounts/signup/",
        {"first_name": "Neu", "password1": "a-long-passphrase-92", "password2": "a-long-passphrase-92"},
    )

    assert User.objects.get(email="new@portal.example").language == "de"


def test_a_mail_is_in_the_language_of_its_receiver(client, db, mailoutbox):
    UserFactory(email="ada@portal.example", language="de")

    client.post("/accounts/password/reset/", {"email": "ada@portal.example"})

    assert mailoutbox[0].subject == "Neues Passwort für das Client Portal wählen"
    assert "Guten Tag," in mailoutbox[0].body
