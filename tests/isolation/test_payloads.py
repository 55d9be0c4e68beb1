import pytest

from tests.isolation.payloads import PAYLOADS, dangers

INERT = {"{{", "${", "&lt;"}
"""Payloads that are harmless as HTML: templates and scripts could run them."""


def test_there_are_sixty():
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", [each for each in PAYLOADS if not each.startswith(tuple(INERT))])
def test_a_payload_that_is_shown_raw_is_noticed(payload):
    pages = [f"<p>{payload}</p>", f'<p title="{payload}">x</p>', f"<p title='{payload}'>x</p>", f"<p {payload}>x</p>"]

    assert any(map(dangers, pages))
