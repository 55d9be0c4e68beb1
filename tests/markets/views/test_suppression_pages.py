"""The do-not-call list: rules with how many people they cover, and freeing one of them."""

import pytest
from django.urls import reverse

from markets.models import Contact, Suppression
from markets.suppressions.services import suppress
from tests.factories import ContactFactory
from tests.reading import metric

LIST = reverse("suppressions:list", args=["acme"])
CREATE = reverse("suppressions:create", args=["acme"])


@pytest.fixture
def people(workspace):
    numbers = ["(415) 555-0142", "(415) 555-0143", "(415) 777-0144"]
    return [
        ContactFactory(workspace=workspace, full_name=f"Person {n}", phone=phone, email=f"p{n}@f.example")
        for n, phone in enumerate(numbers)
    ]


def create(client, **fields):
    return client.post(CREATE, {"reason": "Blocked"} | fields, follow=True)


def callable_names():
    return {each.full_name for each in Contact.objects.callable()}


@pytest.mark.parametrize(
    ("fields", "left", "whom"),
    [
        ({"phone": "415-555-*"}, {"Person 2"}, "+1415555*"),
        ({"email": "@f.example"}, set(), "@f.example"),
        ({"phone": "(415) 555-0142"}, {"Person 1", "Person 2"}, "+14155550142"),
    ],
)
def test_a_number_a_prefix_or_a_domain_is_typed_into_the_same_form(as_caller, people, fields, left, whom):
    page = create(as_caller, **fields)

    assert page.status_code == 200
    assert callable_names() == left
    assert Suppression.objects.get(rule=None).whom == whom


def test_the_message_says_how_many_a_rule_covers(as_caller, people):
    page = create(as_caller, phone="+1415555*")

    assert "+1415555* is on the do-not-call list. 2 people are covered now, and everybody who comes later." in page.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phone": "+1*"}, "would cover whole countries"),
        ({"phone": "soon"}, "soon"),
        ({"email": "f@"}, "is not an email address"),
        ({}, "Say whom"),
    ],
)
def test_what_covers_too_much_or_nobody_is_refused(as_caller, people, fields, sentence):
    assert sentence in create(as_caller, **fields).text

    assert not Suppression.objects.exists()


def test_the_same_rule_again_is_refused(as_caller, people):
    create(as_caller, phone="+1415555*")

    assert "+1415555* is on the do-not-call list already." in create(as_caller, phone="(415) 555-****").text


def test_the_list_has_a_row_for_a_rule_and_its_number_opens_the_people(as_viewer, as_manager, people):
    create(as_manager, phone="+1415555*")
    suppress(contact=people[2], by=None, reason="Asked")

    page = as_viewer.get(LIST)

    made = Suppression.objects.rules().get()
    assert metric(page, "rows") == 2
    assert metric(page, "covered", f"suppression:{made.pk}") == 2
    opened = as_viewer.get(f"{LIST}?rule={made.pk}&state=open")
    assert metric(opened, "rows") == 2
    assert "Person 0" in opened.text
    assert metric(as_viewer.get(f"{LIST}?q=Person 0"), "rows") == 1
    assert metric(as_viewer.get(f"{LIST}?q=Blocked"), "rows") == 1


def test_the_number_of_people_is_the_same_on_the_list_sorted_by_it_and_in_exports(as_manager, people):
    create(as_manager, phone="+1415555*")
    create(as_manager, phone="+1917555*")
    rules = Suppression.objects.rules()
    counts = {made.pk: made.covered.in_force().count() for made in rules}
    assert sorted(counts.values()) == [0, 2]

    for address in (LIST, f"{LIST}?sort=-covered_count"):
        page = as_manager.get(address)
        assert {made.pk: metric(page, "covered", f"suppression:{made.pk}") for made in rules} == counts
    export = b"".join(as_manager.get(f"{LIST}?_export=csv").streaming_content).decode()
    assert [line.split(",")[1] for line in export.splitlines()[1:]] == [str(counts[made.pk]) for made in rules]


def test_a_manager_frees_one_person_and_lifts_the_rule_for_the_others(as_manager, people):
    create(as_manager, phone="+1415555*")
    made = Suppression.objects.rules().get()
    contact_page = as_manager.get(reverse("contacts:detail", args=["acme", people[0].pk])).text
    assert "Blocked (by the rule +1415555*)" in contact_page
    assert "Free this person" in contact_page

    def lift(row):
        as_manager.post(reverse("suppressions:lift", args=["acme", row.pk]), {"reason": "A client"})

    lift(made.covered.get(contact=people[0]))
    assert callable_names() == {"Person 0", "Person 2"}
    assert metric(as_manager.get(LIST), "covered", f"suppression:{made.pk}") == 1

    lift(made)
    assert callable_names() == {"Person 0", "Person 1", "Person 2"}


def test_a_rule_of_another_workspace_opens_nothing(as_viewer, people):
    elsewhere = Suppression.objects.create(
        workspace=ContactFactory().workspace, phone_prefix="+1415555", reason="Theirs"
    )

    page = as_viewer.get(f"{LIST}?rule={elsewhere.pk}")

    assert page.status_code == 200
    assert "Theirs" not in page.text
