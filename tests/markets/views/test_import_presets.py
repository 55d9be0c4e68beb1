"""The presets of a workspace: looked at, edited, and shared as files."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from markets.models import Contact, ImportPreset
from tests.uploads import import_file, initial_fields, upload, url

LEADS = "Mail,Who,House\nann@f.example,Ann Lee,Firm LLP\n"


def presets_url(name, *ids):
    return reverse(f"imports:{name}", args=["acme", *ids])


@pytest.fixture
def preset(as_manager, market):
    chosen = {"column-0": "email", "column-1": "full_name", "column-2": "firm"}
    import_file(as_manager, LEADS, name="leads.csv", market=market.pk, **chosen)
    return ImportPreset.objects.get()


def test_the_list_names_each_preset_and_how_many_files_it_read(as_manager, preset):
    page = as_manager.get(presets_url("presets")).content.decode()

    assert "leads.csv" in page
    assert "HubSpot contacts" in page


def test_an_edited_preset_decides_how_the_next_file_is_read(as_manager, market, preset):
    page = as_manager.get(presets_url("preset", preset.pk))
    places = {field.label: field.html_name for field in page.context["form"].columns}

    answer = as_manager.post(
        presets_url("preset", preset.pk),
        {**initial_fields(page), "name": "Leads of Pat", places["House"]: "city"},
    )

    assert answer.status_code == 302
    preset.refresh_from_db()
    assert (preset.name, preset.options["map"]["House"]) == ("Leads of Pat", "city")
    import_file(as_manager, LEADS.replace("ann@", "bob@").replace("Ann Lee", "Bob Ray"), market=market.pk)
    assert Contact.objects.get(email="bob@f.example").city == "Firm LLP"


def test_a_preset_comes_back_from_the_file_that_it_was_saved_as(as_manager, preset):
    saved = as_manager.get(presets_url("preset_file", preset.pk))
    options = preset.options
    ImportPreset.objects.update(options={}, name="Lost")

    answer = as_manager.post(presets_url("preset_upload"), {"file": SimpleUploadedFile("p.json", saved.content)})

    assert answer.status_code == 302
    again = ImportPreset.objects.get()
    assert (again.name, again.options) == ("leads.csv", options)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe", "it is not text in UTF-8"),
        (b"{", "it is not JSON"),
        (b"[]", "its “format” is not"),
        (b" " * 200_001, "p.json is too large for a preset, which has at most 200 KB."),
        (json.dumps({"format": "client-portal-preset", "kind": "sheep"}).encode(), "The “kind” of a preset is one of"),
        (
            json.dumps(
                {
                    **{"format": "client-portal-preset", "kind": "people", "name": "X", "header_key": "x"},
                    "options": {"map": {"Mail": "shoe"}},
                }
            ).encode(),
            "which is not a field",
        ),
    ],
    ids=["not text", "not JSON", "a list", "too large", "another kind", "an unknown field"],
)
def test_a_file_that_is_no_preset_is_refused_with_the_reason(as_manager, workspace, content, sentence):
    page = as_manager.post(presets_url("preset_upload"), {"file": SimpleUploadedFile("p.json", content)})

    assert sentence in page.content.decode()
    assert not ImportPreset.objects.exists()


def test_a_line_of_results_that_cannot_be_read_is_named(as_manager, workspace):
    preset = ImportPreset.objects.create(workspace=workspace, kind="calls", header_key="x", name="Log")
    page = as_manager.get(presets_url("preset", preset.pk))

    refused = as_manager.post(presets_url("preset", preset.pk), {**initial_fields(page), "results": "SALE"})

    assert "Line 1: “SALE” does not say what a result means" in refused.content.decode()


def test_a_viewer_sees_no_presets(as_viewer):
    assert as_viewer.get(presets_url("presets")).status_code == 403


def test_the_page_of_an_import_links_its_preset(as_manager, preset):
    job = upload(as_manager, LEADS)

    assert presets_url("preset", preset.pk) in as_manager.get(url("detail", job.pk)).content.decode()
