import re

from django.urls import reverse
from django.utils.timezone import now

from tests.factories import member_of, utc

MONDAY = utc(2026, 11, 23, 15)


def enroll_now(campaign, contact):
    """Sets the time of enrolment, which the database's clock supplies, to that of the test's clock."""
    member_of(campaign, contact)
    campaign.members.filter(contact=contact).update(added_at=now())


def url(contact):
    return reverse("contacts:detail", args=["acme", contact.pk])


def rows(page):
    return [name.split(":")[0] for name in re.findall(r'data-row="([^"]+)"', page.content.decode())]
