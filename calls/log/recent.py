"""Two records of one call: somebody else, or oneself in another tab, recorded the same person minutes ago."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from calls.models import Call
from markets.models import Contact, User

RECENT = timedelta(minutes=10)


def newest_recent(calls: Iterable[Call], moment: datetime) -> Call | None:
    """The call that was recorded last, by a person and within the last minutes, and stands."""
    standing = [each for each in calls if each.voided_at is None and each.caller_id and not each.import_job_id]
    recent = [each for each in standing if each.disposition and each.recorded_at > moment - RECENT]
    return max(recent, key=lambda each: (each.recorded_at, each.pk), default=None)


def recorded_meanwhile(call: Call, moment: datetime) -> Call | None:
    """The call to the same person recorded a few minutes before this one."""
    others = Call.objects.filter(workspace=call.workspace_id, contact=call.contact_id).exclude(pk=call.pk)
    return newest_recent(others.filter(recorded_at__gt=moment - RECENT).select_related("caller"), moment)


def describe_recent(call: Call, contact: Contact, user: User) -> str:
    own, others = (
        _("You recorded %(outcome)s for %(person)s at %(time)s."),
        _("%(user)s recorded %(outcome)s for %(person)s at %(time)s."),
    )
    return (own if call.caller_id == user.pk else others) % {
        "user": call.caller,
        "outcome": call.get_disposition_display(),
        "person": contact,
        "time": f"{localtime(call.recorded_at):%H:%M}",
    }
