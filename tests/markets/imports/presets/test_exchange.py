import json

import pytest

from markets.imports.presets.exchange import preset_from_json, preset_to_json
from markets.imports.readers import FileRefused
from markets.models import Contact, ImportPreset
from tests.commands import run_command, run_failing
from tests.factories import WorkspaceFactory
from tests.files import csv_file

pytestmark = pytest.mark.django_db

OPTIONS = {
    "map": {"Ref": "external_id", "Fax": ""},
    "map_order": ["Ref", "Fax"],
    "timezone": "Europe/Rome",
    "header_line": 3,
}


@pytest.fixture
def preset(workspace):
    return ImportPreset.objects.create(
        workspace=workspace, kind="people", header_key="k" * 64, name="Ämter", options=OPTIONS
    )


def test_a_preset_comes_back_from_its_file_as_it_was(preset):
    elsewhere = WorkspaceFactory()

    copy = preset_from_json(workspace=elsewhere, text=preset_to_json(preset))

    for name in ("kind", "name", "header_key", "options"):
        assert getattr(copy, name) == getattr(preset, name)


def test_the_same_preset_again_replaces_the_one_before(preset):
    text = preset_to_json(preset).replace("Ämter", "Offices")

    assert preset_from_json(workspace=preset.workspace, text=text).pk == preset.pk
    assert ImportPreset.objects.get().name == "Offices"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": "x"}, "“format” is not “client-portal-preset”"),
        ({"kind": "cars"}, "“kind” of a preset is one of"),
        ({"kind": "calls"}, "is for calls, not for people"),
        ({"name": ""}, "needs a “name”"),
        ({"name": "x" * 121}, "needs a “name”"),
        ({"header_key": 7}, "needs a “header_key”"),
        ({"options": []}, "are an object"),
        ({"options": {"market": 1}}, "“market” is no option of a preset"),
        ({"options": {"map": ["a"]}}, "“map” has a short text for each name"),
        ({"options": {"map": {"Ref": "shoe"}}}, "“Ref” is to be “shoe”, which is not a field"),
        ({"options": {"map": {"Ref": 1}}}, "“map” has a short text"),
        ({"options": {"results": {"SALE": "meeting_booked"}}}, "“SALE” cannot mean “meeting_booked”"),
        ({"options": {"map_order": "Ref"}}, "“map_order” is a list"),
        ({"options": {"timezone": "Rome"}}, "“Rome” is not a time zone"),
        ({"options": {"header_line": True}}, "“header_line” is a whole number"),
        ({"options": {"no_header": "yes"}}, "“no_header” is true or false"),
        ({"options": {"sheet": "x" * 201}}, "“sheet” is a short text"),
    ],
)
def test_a_preset_that_cannot_be_is_refused_with_a_sentence(preset, change, sentence):
    document = json.loads(preset_to_json(preset)) | change

    with pytest.raises(FileRefused, match=sentence):
        preset_from_json(workspace=preset.workspace, text=json.dumps(document), kind="people")
    assert ImportPreset.objects.get().options == OPTIONS


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "null"])
def test_what_is_no_preset_is_refused(workspace, text):
    with pytest.raises(FileRefused, match="This is not a preset"):
        preset_from_json(workspace=workspace, text=text)


def test_a_command_takes_a_preset_from_a_file(tmp_path, market, preset):
    preset.options = {"map": {"Ref": "external_id"}}
    path = tmp_path / "offices.json"
    path.write_text(preset_to_json(preset), encoding="utf-8")
    ImportPreset.objects.all().delete()
    words = ["--workspace", market.workspace.slug, "--market", str(market), "--preset", path]
    people = csv_file(tmp_path, "Ref,Email", "7,a@x.example")

    run_command("import_contacts", people, *words, "--dry-run")
    assert not ImportPreset.objects.exists()
    run_command("import_contacts", people, *words)
    assert Contact.objects.get().external_id == "7"
    path.write_text("{}")
    assert "This is not a preset" in run_failing("import_contacts", people, *words)[0]
