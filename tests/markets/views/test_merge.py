"""Likely duplicates as a manager meets them: listed, compared, merged or set apart, and read back."""

import pytest
from django.urls import reverse

from markets.models import Contact, ContactMerge
from signals.contacts.merge import merge
from tests.factories import ContactFactory, call, member_of
from tests.reading import metric


@pytest.fixture
def two(workspace):
    """Jon, known first, and John."""
    return [
        ContactFactory(workspace=workspace, full_name=name, firm="Acme", email=email, title=title)
        for name, email, title in (("Jon Stone", "", "Partner"), ("John Stone", "john@acme.example", "Counsel"))
    ]


def url(name, workspace, *people):
    return reverse(f"contacts:{name}", args=[workspace.slug, *(each.pk for each in people)])


def text(page):
    return " ".join(page.content.decode().split())


def test_a_viewer_reads_the_list_and_sees_no_way_to_merge(as_viewer, workspace, two):
    listed = as_viewer.get(url("duplicates", workspace))
    compared = as_viewer.get(url("duplicate", workspace, *two))

    assert metric(listed, "rows") == 1
    assert "Names differ by one letter at the same firm" in text(listed)
    assert "Compare and merge" not in text(listed)
    assert "Partner" in text(compared)
    assert "Merge</button>" not in text(compared)
    assert 'type="radio"' not in text(compared)


def test_the_list_can_be_searched_and_narrowed(as_viewer, workspace, two):
    ContactFactory(workspace=workspace, full_name="Maria Lind", phone=two[0].phone)
    address = url("duplicates", workspace)

    found = {
        query: metric(as_viewer.get(address + query), "rows") for query in ("", "?kind=phone", "?q=maria", "?q=zzz")
    }

    assert found == {"": 2, "?kind=phone": 1, "?q=maria": 1, "?q=zzz": 0}
    assert "cannot be filtered by" in text(as_viewer.get(address + "?kind=shoe"))


def test_a_page_of_pairs_takes_as_many_queries_as_one_pair(as_viewer, workspace, django_assert_num_queries):
    address = url("duplicates", workspace)
    counted = []
    as_viewer.get(address)  # the first time the session is noted
    for letters in ("ab", "cdefghijklmnopqrstuvwxyz"):
        for letter in letters:
            for name in (f"{letter}anette", f"{letter}annette"):
                ContactFactory(workspace=workspace, full_name=f"{name} Stone{letter * 4}", firm="Acme", email="")
        with django_assert_num_queries(9):
            counted.append(metric(as_viewer.get(address), "rows"))

    assert counted == [2, 26]
    assert metric(as_viewer.get(address + "?page=2"), "rows") == 26


def test_a_manager_merges_with_chosen_values(as_manager, manager, workspace, campaign, two):
    jon, john = two
    member_of(campaign, john)
    call(campaign, john)
    page = as_manager.get(url("duplicate", workspace, jon, john))
    assert f'name="keep" value="{john.pk}" checked' in text(page), (
        "who was called is kept unless somebody says otherwise"
    )

    posted = {"keep": jon.pk, "full_name": john.pk, "title": jon.pk, "reason": "Same badge"}
    answer = as_manager.post(url("merge", workspace, jon, john), posted, follow=True)

    kept = Contact.objects.get(pk=jon.pk)
    assert answer.redirect_chain == [(url("detail", workspace, jon), 302)]
    assert (kept.full_name, kept.title, kept.email) == ("John Stone", "Partner", "john@acme.example")
    assert kept.calls.count() == 1
    assert f'Merged from <a href="{url("merges", workspace)}">John Stone</a>' in text(answer)
    assert (ContactMerge.objects.get().merged_by, ContactMerge.objects.get().reason) == (manager, "Same badge")


def test_a_second_click_hears_that_it_is_done(as_manager, workspace, two):
    address, posted = url("merge", workspace, *two), {"keep": two[0].pk}
    as_manager.post(address, posted)

    again = as_manager.post(address, posted, follow=True)
    compared = as_manager.get(url("duplicate", workspace, *two), follow=True)

    for page in (again, compared):
        assert page.redirect_chain[-1] == (url("detail", workspace, two[0]), 302)
        assert "John Stone was merged already" in text(page)
    assert ContactMerge.objects.count() == 1


@pytest.mark.parametrize("posted", [{}, {"keep": "x"}, {"keep": "0"}, {"keep": "\0"}])
def test_without_saying_whom_to_keep_nothing_is_merged(as_manager, workspace, two, posted):
    page = as_manager.post(url("merge", workspace, *two), posted, follow=True)

    assert "Say whom to keep" in text(page)
    assert Contact.objects.filter(pk__in=[each.pk for each in two]).count() == 2


def test_a_refusal_is_said_where_the_two_are_compared(as_manager, workspace, two):
    jon, john = two
    ContactFactory(workspace=workspace, full_name="Jon Stone", phone=john.phone)

    page = as_manager.post(url("merge", workspace, jon, john), {"keep": jon.pk, "phone": john.pk}, follow=True)

    assert page.redirect_chain == [(url("duplicate", workspace, jon, john), 302)]
    assert "Somebody of that name has that phone number" in text(page)


def test_who_was_set_apart_leaves_the_list_and_can_still_be_merged(as_manager, workspace, two):
    as_manager.post(url("set_apart", workspace, *two))

    assert metric(as_manager.get(url("duplicates", workspace)), "rows") == 0
    assert "found that they are two people" in text(as_manager.get(url("duplicate", workspace, *two)))
    as_manager.post(url("merge", workspace, *two), {"keep": two[0].pk})
    assert ContactMerge.objects.count() == 1


def test_the_address_of_who_was_merged_leads_to_the_kept_person_for_good(as_viewer, client, outsider, workspace, two):
    merge(keep=two[0], merged=two[1], by=None)
    old = reverse("contacts:detail", args=[workspace.slug, two[0].pk + 1])

    answer = as_viewer.get(old)
    assert (answer.status_code, answer["Location"]) == (301, url("detail", workspace, two[0]))

    client.force_login(outsider)
    assert client.get(old).status_code == 404


def test_who_was_merged_elsewhere_leads_nowhere(client, workspace, two, outsider):
    merge(keep=two[0], merged=two[1], by=None)
    other = outsider.memberships.get().workspace
    client.force_login(outsider)

    former, theirs = two[0].pk + 1, ContactFactory(workspace=other)
    for page in (
        reverse("contacts:detail", args=[other.slug, former]),
        reverse("contacts:duplicate", args=[other.slug, former, theirs.pk]),
    ):
        assert client.get(page).status_code == 404
    assert metric(client.get(url("merges", other)), "rows") == 0


def test_nobody_is_compared_with_themselves(as_manager, workspace, two):
    assert as_manager.get(url("duplicate", workspace, two[0], two[0])).status_code == 404


def test_merges_are_listed_filtered_and_exported(as_viewer, workspace, two, manager):
    merge(keep=two[0], merged=two[1], by=manager, reason="Same badge")
    address = url("merges", workspace)

    for query, rows in (("", 1), ("?q=john@acme", 1), ("?q=badge", 1), ("?q=nobody", 0), ("?to=2020-01-01", 0)):
        assert metric(as_viewer.get(address + query), "rows") == rows, query
    export = as_viewer.get(address + "?_export=csv").getvalue().decode()
    assert "John Stone,Jon Stone,0,0,0," in export
    assert as_viewer.get(address + "?sort=-label").status_code == 200
