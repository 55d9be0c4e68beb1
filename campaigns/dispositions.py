"""The dispositions of a call and their rules. No other code knows what follows from a disposition."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Disposition(models.TextChoices):
    NO_ANSWER = "no_answer", _("No Answer")
    VOICEMAIL = "voicemail", _("Voicemail")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    INCORRECT_NUMBER = "incorrect_number", _("Incorrect Number")
    NOT_INTERESTED = "not_interested", _("Not Interested")
    CALLBACK_REQUESTED = "callback_requested", _("Callback Requested")
    FUTURE_POTENTIAL = "future_potential", _("Future Potential")
    MEETING_BOOKED = "meeting_booked", _("Meeting Booked")
    DO_NOT_CONTACT = "do_not_contact", _("Do Not Contact")


class Group(models.TextChoices):
    ACCESS = "access", _("Access")
    CONVERSATION = "conversation", _("Conversation")
    SUCCESS = "success", _("Success")
    COMPLIANCE = "compliance", _("Compliance")


@dataclass(frozen=True)
class DispositionRule:
    """What follows from one disposition (product.md, section 3)."""

    group: Group
    is_conversation: bool = False
    closes: bool = False
    """The contact is not called again in the campaign."""
    makes_number_wrong: bool = False
    """The number is unusable in every campaign. Saving another number makes it usable and reopens the contact."""
    needs_callback_time: bool = False
    books_meeting: bool = False
    shows_interest: bool = False
    """A contact whose latest conversation ended like this ranks before contacts who were never reached."""
    suppresses: bool = False


DISPOSITION_RULES: dict[str, DispositionRule] = {
    Disposition.NO_ANSWER: DispositionRule(Group.ACCESS),
    Disposition.VOICEMAIL: DispositionRule(Group.ACCESS),
    Disposition.GATEKEEPER: DispositionRule(Group.ACCESS),
    Disposition.INCORRECT_NUMBER: DispositionRule(Group.ACCESS, makes_number_wrong=True),
    Disposition.NOT_INTERESTED: DispositionRule(Group.CONVERSATION, is_conversation=True, closes=True),
    Disposition.CALLBACK_REQUESTED: DispositionRule(
        Group.CONVERSATION, is_conversation=True, needs_callback_time=True, shows_interest=True
    ),
    Disposition.FUTURE_POTENTIAL: DispositionRule(
        Group.CONVERSATION, is_conversation=True, closes=True, shows_interest=True
    ),
    Disposition.MEETING_BOOKED: DispositionRule(
        Group.SUCCESS, is_conversation=True, closes=True, books_meeting=True, shows_interest=True
    ),
    Disposition.DO_NOT_CONTACT: DispositionRule(Group.COMPLIANCE, closes=True, suppresses=True),
}


def dispositions_with(flag: str) -> list[str]:
    """The dispositions whose rule sets `flag`, e.g. `dispositions_with("is_conversation")`."""
    return [str(disposition) for disposition, rule in DISPOSITION_RULES.items() if getattr(rule, flag)]


CONVERSATIONS = dispositions_with("is_conversation")
CLOSING = dispositions_with("closes")
CALLBACKS = dispositions_with("needs_callback_time")
MEETINGS = dispositions_with("books_meeting")
WRONG_NUMBERS = dispositions_with("makes_number_wrong")
SUPPRESSING = dispositions_with("suppresses")
INTERESTED = dispositions_with("shows_interest")
