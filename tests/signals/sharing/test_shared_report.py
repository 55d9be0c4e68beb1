"""A link to a frozen report shows its chosen sections, without people unless they are to show."""

import re

import pytest

from calls.log.services import void
from campaigns.dispositions import Disposition
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import remove
from campaigns.models import Status
from signals.contacts.erasure import erase
from signals.sharing.links import sections_of
from tests.factories import active_campaign, call, member
from tests.signals.sharing.shared import CANARIES, body_of, link_to


class TestReports:
    @pytest.fixture
    def report(self, full):
        contact = full.members.get(contact__full_name=CANARIES["name"]).contact
        call(full, contact, disposition=Disposition.MEETING_BOOKED, notes=CANARIES["notes"])
        for _ in range(3):
            call(full, member(full, firm="Heron & Co").contact, disposition=Disposition.NOT_INTERESTED)
        change_status(campaign=full, to=Status.COMPLETED, by=full.owner, reason=CANARIES["reason"])
        return full.reports.get()

    def test_without_people_no_byte_tells_anybody(self, client, report):
        _, path = link_to(report)

        page = client.get(path)

        everything = body_of(page) + str(page.headers)
        assert [name for name, words in CANARIES.items() if words.lower() in everything.lower()] == []
        assert "1 person showed interest" in everything
        assert "1 towards a change of firm" in everything
        assert "Heron &amp; Co" in everything
        assert "Firms with fewer than 3 people spoken with" in everything
        assert not re.search(r"/w/|<form|<script|\bcontact:\d|campaign:\d", everything)

    def test_with_people_it_shows_names_and_words_but_no_address_number_or_id(self, client, report):
        """The control of the test above."""
        _, path = link_to(report, shows_people=True)

        body = body_of(client.get(path))

        for name in ("name", "firm_of_few", "title", "evidence", "caller", "brief", "reason"):
            assert CANARIES[name] in body, name
        for name in ("email", "phone", "number", "notes"):
            assert CANARIES[name] not in body
        assert "Unknown person" not in body
        contact = report.campaign.members.get(contact__full_name=CANARIES["name"]).contact_id
        assert f"contact:{contact}" not in body.replace('contact:1"', "")

    def test_it_is_frozen_and_shows_the_chosen_sections(self, client, report):
        link, path = link_to(report, sections=["metrics", "outcomes"])
        before = body_of(client.get(path))
        assert link.is_frozen
        assert link.document is None

        void(call=report.campaign.calls.first(), by=None, reason="Twice")

        body = body_of(client.get(path))
        assert body == before
        assert "Frozen" in body
        assert re.findall("<h2>(.*?)</h2>", body) == ["Key numbers", "Call outcomes"]
        assert "Outbound calls with a disposition that are not voided." in body

    @pytest.mark.parametrize("shows_people", [False, True])
    def test_each_section_can_be_shared_alone(self, client, report, shows_people):
        for section, title in sections_of(report).items():
            page = client.get(link_to(report, sections=[section], shows_people=shows_people)[1])

            assert page.status_code == 200
            assert re.findall("<h2>(.*?)</h2>", body_of(page))[0] == title

    def test_an_erased_person_is_no_longer_in_what_a_link_shows(self, client, report):
        paths = [
            link_to(report, shows_people=True)[1],
            link_to(report.campaign.market, shows_people=True, is_frozen=True)[1],
        ]
        contact = report.campaign.members.get(contact__full_name=CANARIES["name"]).contact
        assert all(CANARIES["name"] in body_of(client.get(path)) for path in paths)

        erase(contact=contact, by=None, reason="Asked us to")

        for path in paths:
            body = body_of(client.get(path))
            assert CANARIES["name"] not in body
            assert CANARIES["evidence"] not in body

    def test_a_report_without_anybody_can_be_shared(self, client, market):
        campaign = active_campaign(market=market)
        remove(campaign=campaign, contacts=[campaign.members.get().contact_id], by=None, reason="Left")
        change_status(campaign=campaign, to=Status.COMPLETED, by=None, reason="Nobody")

        for shows_people in (False, True):
            assert client.get(link_to(campaign.reports.get(), shows_people=shows_people)[1]).status_code == 200
