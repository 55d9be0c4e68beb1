"""The page of a workspace's settings."""

from django.urls import reverse

from tests.forms import edit_form

URL = reverse("settings", args=["acme"])


def save(client, **fields):
    shown = edit_form(client.get(URL))
    return client.post(URL, shown | fields, follow=True)


def test_a_manager_chooses_whose_holidays_count(as_manager, workspace):
    page = save(as_manager, holiday_country="DE", holiday_region="Bayern")

    workspace.refresh_from_db()
    assert (workspace.holiday_country, workspace.holiday_region) == ("DE", "BY")
    assert "Working days saved" in page.content.decode()
    assert "Epiphany" in page.content.decode()


def test_without_a_choice_the_country_of_the_phone_numbers_counts(as_manager):
    page = as_manager.get(URL).content.decode()

    assert "As for phone numbers: United States" in page
    assert "Thanksgiving Day" in page


def test_a_region_of_another_country_is_refused_with_those_it_has(as_manager, workspace):
    page = save(as_manager, holiday_country="DE", holiday_region="NY").content.decode()

    workspace.refresh_from_db()
    assert workspace.holiday_country == ""
    assert "“NY” isn&#x27;t a region of Germany. Leave it empty or enter one of Augsburg, BB," in page


def test_a_region_of_a_country_without_regions_is_refused(as_manager):
    page = save(as_manager, holiday_country="IM", holiday_region="Douglas").content.decode()

    assert "isn&#x27;t a region of Isle of Man. It has none. Leave it empty." in page


def test_an_unknown_country_is_refused(as_manager, workspace):
    save(as_manager, holiday_country="ZZ")

    workspace.refresh_from_db()
    assert workspace.holiday_country == ""


def test_a_stale_form_shows_both_values(as_manager, workspace):
    shown = edit_form(as_manager.get(URL))
    workspace.holiday_country = "FR"
    workspace.save()

    page = as_manager.post(URL, shown | {"holiday_country": "DE"})

    assert page.status_code == 409
    workspace.refresh_from_db()
    assert workspace.holiday_country == "FR"
