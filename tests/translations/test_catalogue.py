"""The German catalogue has every text of the code, and each has a translation."""

import os
import re
import shutil
import subprocess
import sys

import polib
import pytest

from tests.source_code import ROOT

PO = ROOT / "config" / "locale" / "de" / "LC_MESSAGES" / "django.po"
COPIED = ("config", "markets", "campaigns", "calls", "signals", "templates", "manage.py", "pyproject.toml")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def untranslated(entries) -> list[str]:
    return [
        each.msgid
        for each in entries
        if not each.obsolete
        and (each.fuzzy or not (all(each.msgstr_plural.values()) if each.msgid_plural else each.msgstr))
    ]


def differing(entries) -> list[str]:
    """The texts whose translation has other placeholders."""
    found = []
    for each in entries:
        pairs = [(each.msgid, each.msgstr)]
        if each.msgid_plural:
            pairs = [(each.msgid_plural, each.msgstr_plural[1])]
        found += [text for text, german in pairs if placeholders(text) != placeholders(german)]
    return found


def placeholders(text):
    return sorted(map(str, PLACEHOLDER.findall(text)))


def keys(entries):
    return {(each.msgctxt, each.msgid, each.msgid_plural) for each in entries if not each.obsolete}


def test_every_text_of_the_catalogue_is_translated_with_its_placeholders():
    catalogue = polib.pofile(str(PO))

    assert len(catalogue) > 1000
    assert untranslated(catalogue) == []
    assert differing(catalogue) == []


def test_a_text_without_a_translation_or_with_other_placeholders_is_seen():
    empty = polib.POEntry(msgid="Save", msgstr="")
    fuzzy = polib.POEntry(msgid="Send", msgstr="Sende", flags=["fuzzy"])
    other = polib.POEntry(msgid="%(count)s people", msgstr="%(anzahl)s Personen")

    assert untranslated([empty, fuzzy, other]) == ["Save", "Send"]
    assert differing([other]) == ["%(count)s people"]


def test_the_compiled_catalogue_is_that_of_the_texts():
    compiled = polib.mofile(str(PO.with_suffix(".mo")))

    def texts(entries):
        return {
            (each.msgctxt, each.msgid): each.msgstr_plural or each.msgstr
            for each in entries
            if not each.obsolete and each.msgid
        }

    assert texts(compiled) == texts(polib.pofile(str(PO)))


@pytest.mark.skipif(not shutil.which("xgettext"), reason="GNU gettext is not installed")
def test_the_catalogue_has_the_texts_of_the_code_and_no_others(tmp_path):
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "templates" / "control.html").write_text('{% translate "A text of this test" %}')

    made = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "de", "--no-location", "--no-wrap", "--no-obsolete"],
        cwd=tmp_path,
        env=os.environ | {"LOCAL": "1", "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr

    extracted = keys(polib.pofile(str(tmp_path / PO.relative_to(ROOT))))
    control = (None, "A text of this test", "")
    assert control in extracted
    assert extracted - {control} == keys(polib.pofile(str(PO)))
