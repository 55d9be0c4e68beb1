"""Whom a dialer's log means when people were merged since, and while they are changed."""

import pytest

from calls import derived
from calls.ingest.contact_lookup import ContactLookup
from calls.ingest.parsing import CALL_FIELDS
from calls.models import Call
from markets.imports.files.rejects import RowRefused
from markets.imports.mapping import ColumnMapping
from markets.models import Contact, ContactPoint
from signals.contacts.erasure import erase
from signals.contacts.merge import merge
from tests.factories import ContactFactory, call, member, member_of, utc
from tests.importing import import_calls

KEYS = ["CRM-2", "BOB@people.example", "(212) 555-0177"]


@pytest.fixture
def robert(campaign):
    """Bob and Rob were merged into him, one after the other."""
    robert = member(campaign, full_name="Robert Stone", external_id="CRM-1").contact
    rob = ContactFactory(workspace=campaign.workspace, full_name="Rob Stone")
    bob = ContactFactory(
        workspace=campaign.workspace,
        full_name="Bob Stone",
        external_id="CRM-2",
        email="bob@people.example",
        phone="212 555 0177",
    )
    merge(keep=rob, merged=bob, by=None)
    merge(keep=robert, merged=rob, by=None)
    return robert


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_of_who_was_merged_mean_the_kept_person(campaign, robert, name):
    assert ContactLookup(campaign, [name]).get(name).pk == robert.pk


@pytest.mark.parametrize("name", KEYS[:2])
def test_who_has_such_a_key_today_comes_before(campaign, robert, name):
    today = member(campaign, external_id="CRM-2", email="bob@people.example").contact

    assert ContactLookup(campaign, [name]).get(name).pk == today.pk


def test_a_number_that_was_merged_away_is_shared_with_who_has_it_today(campaign, robert):
    member(campaign, full_name="Maria Lind", phone="212 555 0177")

    with pytest.raises(RowRefused, match="belongs to several people in the campaign"):
        ContactLookup(campaign, [KEYS[2]]).get(KEYS[2])


@pytest.mark.parametrize("key", KEYS)
def test_a_contact_of_another_workspace_is_not_found(campaign, key):
    ContactFactory(external_id="CRM-2", email="bob@people.example", phone="212 555 0177")

    with pytest.raises(RowRefused, match="Nobody in"):
        ContactLookup(campaign, [key]).get(key)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("CRM-9 ::: ann@people.example ::: 212 555 0111", "Ann"),
        ("CRM-9 ::: x@people.example ::: (212) 555-0101", "Ann"),
        ("CRM-B ::: ann@people.example", "Ben"),
        ("Ann Lee (ann@people.example)", "Ann"),
        ("Ann Lee <ANN@people.example>", "Ann"),
    ],
)
def test_of_several_keys_the_first_that_is_known_decides(campaign, key, name):
    member(campaign, full_name="Ann", email="ann@people.example", phone="212 555 0101")
    member(campaign, full_name="Ben", external_id="CRM-B")

    assert ContactLookup(campaign, [key]).get(key).full_name == name


def test_none_of_several_keys_is_known(campaign):
    with pytest.raises(RowRefused, match="has “CRM-9” or “x@people"):
        ContactLookup(campaign, ["CRM-9 ::: x@people.example"]).get("CRM-9 ::: x@people.example")


def test_a_shared_number_is_no_obstacle_where_another_key_is_known(campaign):
    for name in ("Ann", "Ben"):
        member(campaign, full_name=name, email=f"{name.lower()}@people.example", phone="212 555 0101")
    key = "212 555 0101 ::: ben@people.example"

    assert ContactLookup(campaign, [key]).get(key).full_name == "Ben"


@pytest.mark.parametrize("key", ["(212) 555-0188", "mobile@people.example"])
def test_further_numbers_and_addresses_count_after_those_that_somebody_has_first(campaign, key):
    ann = member(campaign, full_name="Ann").contact
    point = ("phone", "212 555 0188", "+12125550188") if "@" not in key else ("email", key, "")
    ContactPoint.objects.create(
        workspace=campaign.workspace, contact=ann, kind=point[0], typed=point[1], phone_e164=point[2]
    )
    assert ContactLookup(campaign, [key]).get(key).pk == ann.pk

    ben = member(campaign, **{point[0]: point[1]}).contact
    assert ContactLookup(campaign, [key]).get(key).pk == ben.pk


FIELDS = ["call_id", "contact", "started_at", "disposition"]


def import_log(campaign, *rows, between_chunks=lambda: None):
    """A log of (contact, result) in chunks of one row, an hour apart; `between_chunks` comes after the second chunk."""
    lines = [
        (number, [f"c{number}", name, f"2026-03-02 {number:02}:00", result])
        for number, (name, result) in enumerate(rows, start=9)
    ]
    chunks = []

    def progress(rows):
        chunks.append(rows)
        if len(chunks) == 2:
            between_chunks()

    counts = import_calls(
        campaign=campaign,
        rows=lines,
        columns=ColumnMapping(FIELDS, CALL_FIELDS),
        timezone="UTC",
        historical=True,
        chunk=1,
        progress=progress,
    )
    assert chunks == [1] * len(rows)
    assert derived.check(campaign.workspace) == []
    return counts


def called_names(campaign):
    return list(Call.objects.order_by("started_at").values_list("contact__full_name", flat=True))


@pytest.fixture
def ann(campaign):
    return member(campaign, external_id="A", email="ann@people.example", phone="212 555 0100", full_name="Ann").contact


NAMES = ["A", "Ann@people.example", "(212) 555-0100"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_whoever_its_person_was_merged_into_meanwhile(campaign, ann, name):
    bob = member(campaign, full_name="Bob").contact

    import_log(campaign, *[(name, "No Answer")] * 4, between_chunks=lambda: merge(keep=bob, merged=ann, by=None))

    assert called_names(campaign) == ["Bob"] * 4


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_called_by_the_name_of_somebody_who_was_erased_meanwhile(campaign, ann, name):
    def erase_ann():
        erase(contact=ann, by=None, reason="They asked for it")

    counts = import_log(campaign, *[(name, "No Answer"), (name, "Do Not Contact")] * 2, between_chunks=erase_ann)

    assert [(each.line, each.code) for each in counts.rejections] == [(11, "contact"), (12, "contact")]
    assert set(Call.objects.values_list("dialled", flat=True)) == {""}
    assert set(campaign.workspace.suppressions.values_list("phone_e164", "email")) == {("", "")}


def test_a_name_means_whoever_has_it_when_the_log_comes_to_it(campaign, ann):
    def renumber_ann():
        Contact.objects.filter(pk=ann.pk).update(external_id="B")
        member(campaign, external_id="A", full_name="Another")

    import_log(campaign, *[("A", "No Answer")] * 3, ("B", "No Answer"), between_chunks=renumber_ann)

    assert called_names(campaign) == ["Ann", "Ann", "Another", "Ann"]


def test_who_asks_not_to_be_called_is_suppressed_by_the_number_and_address_of_today(campaign, ann):
    def edit_ann():
        Contact.objects.filter(pk=ann.pk).update(phone_e164="+12125550199", email="ann@new.example")

    import_log(campaign, *[("A", "No Answer")] * 2, ("A", "Do Not Contact"), between_chunks=edit_ann)

    (suppression,) = campaign.workspace.suppressions.all()
    assert (suppression.contact, suppression.phone_e164) == (ann, "+12125550199")
    assert suppression.email == "ann@new.example"


def test_somebody_who_comes_into_the_campaign_meanwhile_is_taken_from_then_on(campaign):
    zoe = ContactFactory(workspace=campaign.workspace, external_id="Z", full_name="Zoe")

    counts = import_log(campaign, *[("Z", "No Answer")] * 4, between_chunks=lambda: member_of(campaign, zoe))

    assert [(each.line, each.code) for each in counts.rejections] == [(9, "not_a_member"), (10, "not_a_member")]
    assert called_names(campaign) == ["Zoe"] * 2


def test_a_member_without_a_call_who_is_taken_out_meanwhile_is_refused_from_then_on(campaign, ann):
    """As an undone import takes them out: nothing is left of their membership."""
    refused = ("A", "No such result")

    counts = import_log(
        campaign, refused, refused, ("A", "No Answer"), between_chunks=campaign.members.filter(contact=ann).delete
    )

    assert [(each.line, each.code) for each in counts.rejections][2:] == [(11, "not_a_member")]


def test_a_promise_made_meanwhile_is_settled_by_the_next_call_of_the_log(campaign, ann):
    def add_callback():
        call(campaign, ann, disposition="callback_requested", started_at=utc(2026, 3, 2, 10, 30))

    import_log(campaign, *[("A", "No Answer")] * 3, between_chunks=add_callback)

    assert Call.objects.exclude(callback_at=None).get().fulfilled_at == utc(2026, 3, 2, 11)


def test_a_promise_of_the_log_is_settled_by_its_next_call_to_the_same_person(campaign, ann):
    import_log(campaign, ("A", "No Answer"), ("A", "Callback Requested"), ("A", "Voicemail"), ("A", "No Answer"))

    assert Call.objects.exclude(callback_at=None).get().fulfilled_at == utc(2026, 3, 2, 11)
