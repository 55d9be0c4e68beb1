"""Every preset that ships has a small file of its shape here, and none is taken for another's."""

import csv

import pytest

from campaigns.dispositions import Disposition
from markets.imports.presets.reading import map_columns
from markets.imports.presets.shipped import FOLDER, recognise, shipped_presets
from markets.imports.registry import file_kind
from tests.markets.imports.presets.call_shapes import CALLS
from tests.markets.imports.presets.people_shapes import PEOPLE, PORTAL, SUPPRESSIONS

SLUGS = sorted(shipped_presets())
SHAPES = CALLS | PEOPLE | PORTAL | SUPPRESSIONS


@pytest.mark.parametrize("slug", SLUGS)
def test_a_file_of_the_shape_is_recognised_and_read(slug):
    preset, shape = shipped_presets()[slug], SHAPES[slug]
    header, *rows = csv.reader(shape.lines, delimiter=shape.delimiter)

    assert recognise(preset.kind, header) is preset
    columns = map_columns(kind=preset.kind, header=header, said={}, shipped=preset)
    picked = [{field: text for field, text in columns.pick(cells).items() if text} for cells in rows]
    assert picked == shape.picked


@pytest.mark.parametrize("slug", SLUGS)
def test_a_preset_says_nothing_that_imports_do_not_know(slug):
    preset = shipped_presets()[slug]

    assert (FOLDER / f"{preset.slug}.json").exists()
    assert {*preset.columns, *preset.undecided} <= file_kind(preset.kind).fields.keys()
    assert set(preset.results.values()) <= set(Disposition.values)
    assert not set(preset.asked) & preset.results.keys()


def test_every_shape_belongs_to_a_preset():
    assert SHAPES.keys() == shipped_presets().keys()


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("people", "Name,Firm,Email,Phone"),
        ("people", "First name,Last name,Email"),
        ("calls", "Call ID,Contact,Start time,Duration,Result"),
        ("calls", "Column 1,Column 2,Column 3"),
        ("suppressions", "Phone,Email"),
    ],
)
def test_a_list_that_somebody_made_is_not_taken_for_an_export(kind, header):
    assert recognise(kind, header.split(",")) is None


@pytest.mark.parametrize(
    "header",
    [
        "Anrede,Vorname,Nachname,Firma,Position,Ort geschäftlich,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse",
        "Tratamiento,Nombre,Apellidos,Organización,Puesto,Ciudad de trabajo,Teléfono del trabajo,Teléfono móvil,"
        "Dirección de correo electrónico",
        "Title,First Name,Last Name,Company,Job Title,Business City,Business Phone,Mobile Phone,E-mail Address",
    ],
)
def test_contacts_of_outlook_are_read_in_other_languages_too(header):
    names = header.split(",")
    preset = recognise("people", names)
    columns = map_columns(kind="people", header=names, said={}, shipped=preset)

    assert preset.slug == "outlook-contacts"
    assert columns.pick(["Dr", "Ann", "Lee", "Wolf", "Partner", "Rome", "1", "2", "a@x.example"]) == {
        "first_name": "Ann",
        "last_name": "Lee",
        "firm": "Wolf",
        "title": "Partner",
        "city": "Rome",
        "phone": "2 ::: 1",
        "email": "a@x.example",
    }


@pytest.mark.parametrize(
    "header",
    [
        "Vorname,Nachname,Name der Organisation,E-Mail 1 - Wert,Telefon 1 - Wert",
        "Prénom,Nom,Nom de l'organisation,E-mail 1 - Valeur,Téléphone 1 - Valeur",
        "Nombre,Apellidos,Nombre de la organización,Correo electrónico 1 - Valor,Teléfono 1 - Valor",
        "Given Name,Family Name,Organization 1 - Name,E-mail 1 - Value,Phone 1 - Value",
    ],
)
def test_contacts_of_google_are_read_in_other_languages_too(header):
    names = header.split(",")
    columns = map_columns(kind="people", header=names, said={}, shipped=recognise("people", names))

    assert recognise("people", names).slug == "google-contacts"
    assert columns.fields_by_position == ["first_name", "last_name", "firm", "email", "phone"]
