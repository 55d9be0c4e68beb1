"""What a search finds: each query of the table with the people that it must find, on both databases."""

import pytest

from markets.search import matching
from tests.factories import ContactFactory

PEOPLE = {
    "ingleby": {
        "full_name": "Ingleby Malik",
        "firm": "Hartwell & Stone LLP",
        "title": "Partner, M&A",
        "email": "i.malik@hartwell-stone.example",
        "city": "New York",
        "phone": "(212) 555-0123",
        "phone_e164": "+12125550123",
        "external_id": "SF-00Q44",
        "profile_url": "https://www.linkedin.com/in/ingleby-malik-7b2/",
    },
    "unal": {
        "full_name": "Ünal Yıldız",
        "firm": "Çelik Hukuk",
        "city": "İstanbul",
        "email": "unal@celik.example",
        "phone": "0212 345 67 89",
        "phone_e164": "+902123456789",
    },
    "obrien": {
        "full_name": "Siobhán O’Brien",
        "firm": "O'Brien & D'Souza",
        "title": "Counsel",
        "city": "Dublin",
        "email": "sob@odsouza.example",
    },
    "lukasz": {"full_name": "Łukasz Żółć", "firm": "Wałęsa Øst Æther", "city": "Kraków", "email": "lz@walesa.example"},
    "mueller": {
        "full_name": "Jürgen Müller-Groß",
        "firm": "Groß Straße GbR",
        "city": "Frankfurt am Main",
        "email": "jm@gross.example",
        "phone": "+49 (30) 1234-5678",
        "phone_e164": "+493012345678",
    },
    "li": {"full_name": "Li Wei", "firm": "Jun He", "city": "Shanghai", "email": "wei.li@junhe.example"},
    "julian": {"full_name": "Julian Northgate", "firm": "Alliance 100% Legal", "email": "jn@alliance.example"},
    "kyrill": {"full_name": "Кирилл Йорданов", "firm": "Σοφός Law", "email": "k@sofos.example"},
    "nameless": {"full_name": "", "email": "reception@front_desk.example", "phone": "ext 77 12", "phone_e164": ""},
}
FOUND = {
    # order, case
    "Ingleby Malik": "ingleby",
    "Malik Ingleby": "ingleby",
    "malik, ingleby": "ingleby",
    "INGLEBY": "ingleby",
    "  ingleby   ": "ingleby",
    "(Ingleby)": "ingleby",
    # accents, apostrophes and special letters
    "unal": "unal",
    "ÜNAL": "unal",
    "yildiz": "unal",
    "Yıldız Ünal": "unal",
    "celik": "unal",
    "istanbul": "unal",
    "İSTANBUL": "unal",
    "obrien": "obrien",
    "o'brien": "obrien",
    "O’BRIEN siobhan": "obrien",
    "dsouza": "obrien",
    "lukasz": "lukasz",
    "zolc": "lukasz",
    "walesa ost": "lukasz",
    "aether": "lukasz",
    "krakow": "lukasz",
    "muller": "mueller",
    "Mu\u0308ller": "mueller",
    "gross strasse": "mueller",
    "кирилл": "kyrill",
    "йорданов": "kyrill",
    "ΣΟΦΟΣ": "kyrill",
    # one typo
    "malk ingleby": "ingleby",
    "inglebx": "ingleby",
    "ingelby": "ingleby",
    "igleby malik": "ingleby",
    "inglebyy": "ingleby",
    "hartwel": "ingleby",
    "hartwlel": "ingleby",
    "mueller": "mueller",
    "frankfrut": "mueller",
    "siobahn": "obrien",
    "northgait": "julian",
    "mlik": "ingleby",
    "wai": "",
    # numbers
    "555 0123": "ingleby",
    "5550123": "ingleby",
    "0123": "ingleby mueller",
    "(212) 555-0123": "ingleby",
    "+1 212 555 0123": "ingleby",
    "212.555": "ingleby",
    "+49 (30) 12": "mueller",
    "030 1234 5678": "mueller",
    "+49 (0)30 1234": "mueller",
    "0049 30 1234": "mueller",
    "5678": "mueller unal",
    "0212 345": "unal",
    "77 12": "nameless",
    # addresses and IDs
    "i.malik@hartwell": "ingleby",
    "@hartwell-stone": "ingleby",
    "junhe.example": "li",
    "front_desk": "nameless",
    "frontxdesk": "nameless",
    "00q44": "ingleby",
    "ingleby-malik-7b2": "ingleby",
    "linkedin": "",
    # parts and several fields at once
    "art": "ingleby",
    "li": "li",
    "li shanghai": "li",
    "malik york partner": "ingleby",
    "m&a hartwell": "ingleby",
    "dublin counsel obrien": "obrien",
    "ingleby 0123": "ingleby",
    "frankfurt 1234 jurgen": "mueller",
    "100%": "julian",
    # nothing
    "malik dublin": "",
    "zzzz": "",
    "%": "",
    "_": "",
    "\\": "",
    "' OR 1=1 --": "",
    "\x00": "",
    "malik\x00ingleby": "ingleby",
    ".*": "",
    "5550199": "",
}


@pytest.fixture
def people(workspace):
    blank = dict.fromkeys(("firm", "title", "email", "phone", "phone_e164", "city", "external_id", "profile_url"), "")
    return {name: ContactFactory(workspace=workspace, **blank | given) for name, given in PEOPLE.items()}


def test_each_query_finds_whom_it_must(workspace, people, subtests):
    names = {person.pk: name for name, person in people.items()}
    for query, expected in FOUND.items():
        with subtests.test(query):
            found = matching(workspace.contacts.all(), query, workspace)
            assert {names[pk] for pk in found.values_list("pk", flat=True)} == set(expected.split())


def test_a_blank_query_finds_all(workspace, people):
    assert matching(workspace.contacts.all(), "  ", workspace).count() == len(people)
