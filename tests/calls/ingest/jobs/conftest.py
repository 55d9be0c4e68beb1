"""Small chunks, and a campaign with people whom the files name."""

import pytest

from calls.ingest.call_log import CallLog
from campaigns.importing import ContactList
from markets.imports.suppressions import SuppressionList
from markets.suppressions.services import suppress
from tests.factories import SuppressionFactory, active_campaign, member


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    for writer in (ContactList, CallLog, SuppressionList):
        monkeypatch.setattr(writer, "chunk", 2)


@pytest.fixture
def campaign(market):
    """With people whom the files name: one unchanged, one changed, one who is not to be called."""
    campaign = active_campaign(market=market, name="Spring")
    for name in ("Ann", "Bob", "Cy"):
        contact = member(campaign, external_id=name, full_name=name, email=f"{name.lower()}@f.example").contact
    suppress(contact=contact, by=None, reason="Asked")
    SuppressionFactory(workspace=campaign.workspace, email="new1@f.example")
    return campaign
