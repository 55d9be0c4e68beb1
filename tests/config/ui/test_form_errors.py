"""Errors of forms, for those who do not see where they stand."""

import re

import pytest
from django.urls import reverse

FORMS = ("markets:create", "campaigns:create", "tasks:create", "team", "off_limits:create")


@pytest.mark.parametrize("name", FORMS)
def test_each_error_is_tied_to_its_field_by_an_id_of_the_page(as_manager, market, name):
    page = as_manager.post(reverse(name, args=[market.workspace.slug]), {"sent": "yes"}).content.decode()
    named = {each for ids in re.findall(r'aria-describedby="([^"]+)"', page) for each in ids.split()}
    assert any(each.endswith("_error") for each in named)
    assert named <= set(re.findall(r'\bid="([^"]+)"', page))
    assert "<title>Error: " in page


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_was_not_sent_has_no_error(as_manager, market, name):
    page = as_manager.get(reverse(name, args=[market.workspace.slug])).content.decode()
    assert "_error" not in page
    assert "<title>Error: " not in page
