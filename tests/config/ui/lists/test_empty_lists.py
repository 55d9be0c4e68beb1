"""An empty list says why it may be empty, and what to do."""

from django.urls import reverse


def test_a_list_without_rows_says_where_they_come_from(as_viewer, workspace):
    page = as_viewer.get(reverse("contacts:list", args=[workspace.slug])).content.decode()

    assert "Import a list of people" in page
    assert "matches these" not in page


def test_a_filter_is_named_as_the_reason(as_viewer, workspace):
    page = as_viewer.get(reverse("contacts:list", args=[workspace.slug]), {"q": "nobody"}).content.decode()

    assert "Nothing matches these" in page
    assert "Import a list of people" not in page
