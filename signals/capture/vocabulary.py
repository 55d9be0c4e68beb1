"""Signal types and the values of each, weakest first (product.md, section 4)."""

from django.db import models


class SignalType(models.TextChoices):
    MOVEMENT_STATE = "movement_state", "Movement State"
    TIMING_WINDOW = "timing_window", "Timing Window"
    MOTIVATION_DRIVER = "motivation_driver", "Motivation Driver"
    CONVERSATION_ACCESS = "conversation_access", "Conversation Access"
    RELATIONSHIP_PERMISSION = "relationship_permission", "Relationship Permission"
    FIRM_STABILITY = "firm_stability", "Firm Stability"


QUESTIONS: dict[str, str] = {
    SignalType.MOVEMENT_STATE: "How actively is a move considered?",
    SignalType.TIMING_WINDOW: "When could it happen?",
    SignalType.MOTIVATION_DRIVER: "What would drive it?",
    SignalType.CONVERSATION_ACCESS: "How open to talking?",
    SignalType.RELATIONSHIP_PERMISSION: "How deep is the trust?",
    SignalType.FIRM_STABILITY: "How stable do they find their firm?",
}

VALUES: dict[str, list[str]] = {
    SignalType.MOVEMENT_STATE: ["Not Moving", "Soft Listening", "Exploring", "Active"],
    SignalType.TIMING_WINDOW: ["Unknown", "12+ months", "6-12 months", "3-6 months", "Within 3 months"],
    SignalType.MOTIVATION_DRIVER: [
        "Compensation",
        "Platform and Clients",
        "Advancement",
        "Culture and Leadership",
        "Flexibility",
        "Relocation",
        "Firm Instability",
        "Other",
    ],
    SignalType.CONVERSATION_ACCESS: ["Closed", "Guarded", "Open", "Inviting"],
    SignalType.RELATIONSHIP_PERMISSION: ["None", "Follow-up Allowed", "Opportunities Welcome", "Trusted Adviser"],
    SignalType.FIRM_STABILITY: ["Declined to Say", "Unstable", "Uncertain", "Stable"],
}


class Confidence(models.TextChoices):
    HIGH = "high", "Said so"
    MEDIUM = "medium", "Implied"
    LOW = "low", "A guess"
