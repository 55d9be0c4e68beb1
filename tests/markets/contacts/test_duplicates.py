"""Who is listed as likely the same person, and why."""

import pytest

from markets.contacts.duplicates import MAX_GROUP_SIZE, WINDOW, find_pairs, likely_duplicates, mark_not_duplicates
from markets.contacts.name_similarity import describe_difference, parse_name
from markets.contacts.normalization import fold
from tests.factories import ContactFactory, WorkspaceFactory


@pytest.fixture
def people(workspace):
    """Makes people of one firm unless told otherwise."""

    def make(*names, **fields):
        fields.setdefault("firm", "Acme LLP")
        return [ContactFactory(workspace=workspace, full_name=name, **fields) for name in names]

    return make


def reasons(workspace):
    return [reason for pair in likely_duplicates(workspace) for reason in pair.reasons.values()]


NEARLY = [
    ("Robert Stone", "Robert Stone", "same name"),
    ("Robert “Bob” Stone", "Bob Stone", "names differ by a nickname"),
    ('Robert "Bob" Stone', "Robert Stone", "names differ by a nickname"),
    ("Robert James 'Bob' Stone", "Bob Stone", "names differ by a nickname"),
    ("Stone, Robert", "Robert Stone", "same name"),
    ("Stone Robert", "Robert Stone", "names are the same in another order"),
    ("R. Stone", "Robert Stone", "names differ by initials or a middle name"),
    ("Robert J. Stone", "Robert Stone", "names differ by initials or a middle name"),
    ("Robert J. Stone", "Robert James Stone", "names differ by initials or a middle name"),
    ("Dr. Robert Stone", "Robert Stone", "same name"),
    ("René Müller", "Rene Muller", "same name"),
    ("Jean-Luc Picard", "Jean Luc Picard", "same name"),
    ("Anna van der Berg", "Anna Vanderberg", "names differ by a blank or sign"),
    ("Rob O'Brien", "Rob O’Brien", "same name"),
    ("Jon Stone", "John Stone", "names differ by one letter"),
    ("Catherine Stone", "Katherine Stone", "names differ by one letter"),
    ("Catherine Stone", "Katharine Stone", "names differ by two letters"),
    ("Robert Stoen", "Robert Stone", "names differ by one letter"),
]
OTHERS = [
    ("Robert Stone", "Richard Stone"),
    ("Robert A. Stone", "Robert B. Stone"),
    ("A. Stone", "B. Stone"),
    ("Amy Lee", "Ann Lee"),
    ("Li Wang", "Lu Wang"),
    ("Person 0001", "Person 0002"),
    ("Robert", "R"),
    ("", "Robert Stone"),
]


@pytest.mark.parametrize(("one", "other", "words"), NEARLY)
def test_nearly_equal_names_say_in_what_they_differ(one, other, words):
    names = parse_name(fold(one)), parse_name(fold(other))

    assert describe_difference(*names) == describe_difference(*reversed(names)) == words


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_other_names_are_other_names(one, other):
    assert describe_difference(parse_name(fold(one)), parse_name(fold(other))) == ""


@pytest.mark.parametrize(("one", "other", "words"), NEARLY)
def test_nearly_equal_names_are_found_at_one_firm(workspace, people, one, other, words):
    people(one, "Somebody Else", firm="ACME, LLP")
    people(other)

    assert reasons(workspace) == [f"{words} at the same firm"]


def test_names_are_found_by_the_domain_of_their_addresses(workspace, people):
    people("Jon Stone", firm="Acme", email="j@acme.example")
    people("John Stone", firm="Acme Europe", email="john@acme.example")

    assert reasons(workspace) == ["names differ by one letter with addresses at the same domain"]


def test_an_address_that_anybody_can_have_says_nothing(workspace, people):
    people("Jon Stone", firm="Acme", email="j@gmail.com")
    people("John Stone", firm="Bolt", email="john@gmail.com")

    assert reasons(workspace) == []


def test_the_same_number_is_a_sign(workspace, people):
    people("Robert Stone", "Maria Lind", phone="(212) 555-0100")

    assert reasons(workspace) == ["same phone +12125550100"]


def test_two_signs_come_first_and_both_are_said(workspace, people):
    people("Robert Stone", "Maria Lind", phone="(212) 555-0100")
    people("Jon Hill", "John Hill", phone="(212) 555-0101")

    first, second = likely_duplicates(workspace)
    assert first.reasons == {"near": "names differ by one letter at the same firm", "phone": "same phone +12125550101"}
    assert set(second.reasons) == {"phone"}


def test_a_switchboard_is_none(workspace, people):
    people(
        *(f"{'ABCDEFGH'[n]}lan {'STUVWXYZ'[n]}tone" for n in range(MAX_GROUP_SIZE + 1)), phone="(212) 555-0100", firm=""
    )

    assert reasons(workspace) == []


def test_the_same_name_is_a_sign_where_a_firm_is_not_known(workspace, people):
    people("Robert Stone", firm="", email="")
    people("Robert Stone", firm="Acme")

    assert reasons(workspace) == ["same name, and a firm is known of one"]


def test_the_same_name_at_two_firms_is_none(workspace, people):
    people("Robert Stone", firm="Acme", email="")
    people("Robert Stone", firm="Bolt")

    assert reasons(workspace) == []


def test_who_was_set_apart_is_not_listed_again(workspace, people, manager):
    one, other = people("Jon Stone", "John Stone")
    assert len(reasons(workspace)) == 1

    for pair in ((one, other), (other, one)):
        mark_not_duplicates(workspace=workspace, one=pair[0], other=pair[1], by=manager)

    assert reasons(workspace) == []
    assert workspace.not_duplicates.get().decided_by == manager


def test_what_changed_is_seen(workspace, people):
    one, _ = people("Jon Stone", "John Stone")
    assert len(reasons(workspace)) == 1

    one.full_name, one.name_key = "Maria Lind", "maria lind"
    one.save()

    assert reasons(workspace) == []


def test_workspaces_do_not_meet(workspace, people):
    people("Jon Stone")
    ContactFactory(workspace=WorkspaceFactory(), full_name="John Stone", firm="Acme LLP")

    assert find_pairs(workspace) == []


def test_a_search_is_one_query_whatever_it_finds(workspace, people, django_assert_num_queries):
    people("Jon Stone", "John Stone", "Robert Stone", "Stone Robert")

    with django_assert_num_queries(1):
        assert len(find_pairs(workspace)) == 2


def test_the_work_grows_with_the_people_and_not_with_their_pairs(workspace, monkeypatch):
    """Among many who share a name at one firm only neighbours in the alphabet are compared."""
    looked = []
    monkeypatch.setattr("markets.contacts.duplicates.describe_difference", lambda one, other: looked.append(1) or "")
    count = 600
    ContactFactory._meta.model.objects.bulk_create(
        ContactFactory.build(workspace=workspace, full_name=f"Jon {n} Stone", firm="Acme", email="", phone="")
        for n in range(count)
    )

    find_pairs(workspace)

    assert 0 < len(looked) <= 4 * WINDOW * count
