"""Signal types and the values of each, weakest first (product.md, section 4).

Values are stored in English, and shown by the filter `translated` or by gettext.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class SignalType(models.TextChoices):
    MOVEMENT_STATE = "movement_state", _("Movement State")
    TIMING_WINDOW = "timing_window", _("Timing Window")
    MOTIVATION_DRIVER = "motivation_driver", _("Motivation Driver")
    CONVERSATION_ACCESS = "conversation_access", _("Conversation Access")
    RELATIONSHIP_PERMISSION = "relationship_permission", _("Relationship Permission")
    FIRM_STABILITY = "firm_stability", _("Firm Stability")


QUESTIONS: dict[str, str] = {
    SignalType.MOVEMENT_STATE: gettext_noop("How actively is a move considered?"),
    SignalType.TIMING_WINDOW: gettext_noop("When could it happen?"),
    SignalType.MOTIVATION_DRIVER: gettext_noop("What would drive it?"),
    SignalType.CONVERSATION_ACCESS: gettext_noop("How open to talking?"),
    SignalType.RELATIONSHIP_PERMISSION: gettext_noop("How deep is the trust?"),
    SignalType.FIRM_STABILITY: gettext_noop("How stable do they find their firm?"),
}

VALUES: dict[str, list[str]] = {
    SignalType.MOVEMENT_STATE: [
        gettext_noop("Not Moving"),
        gettext_noop("Soft Listening"),
        gettext_noop("Exploring"),
        gettext_noop("Active"),
    ],
    SignalType.TIMING_WINDOW: [
        gettext_noop("Unknown"),
        gettext_noop("12+ months"),
        gettext_noop("6-12 months"),
        gettext_noop("3-6 months"),
        gettext_noop("Within 3 months"),
    ],
    SignalType.MOTIVATION_DRIVER: [
        gettext_noop("Compensation"),
        gettext_noop("Platform and Clients"),
        gettext_noop("Advancement"),
        gettext_noop("Culture and Leadership"),
        gettext_noop("Flexibility"),
        gettext_noop("Relocation"),
        gettext_noop("Firm Instability"),
        gettext_noop("Other"),
    ],
    SignalType.CONVERSATION_ACCESS: [
        gettext_noop("Closed"),
        gettext_noop("Guarded"),
        gettext_noop("Open"),
        gettext_noop("Inviting"),
    ],
    SignalType.RELATIONSHIP_PERMISSION: [
        gettext_noop("None"),
        gettext_noop("Follow-up Allowed"),
        gettext_noop("Opportunities Welcome"),
        gettext_noop("Trusted Adviser"),
    ],
    SignalType.FIRM_STABILITY: [
        gettext_noop("Declined to Say"),
        gettext_noop("Unstable"),
        gettext_noop("Uncertain"),
        gettext_noop("Stable"),
    ],
}


class Confidence(models.TextChoices):
    HIGH = "high", _("Said so")
    MEDIUM = "medium", _("Implied")
    LOW = "low", _("A guess")
