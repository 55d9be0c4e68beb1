"""Follow-up campaigns: who of earlier campaigns fits, why the others are left out, and the Draft made from those who
fit (product.md, section 10)."""

from campaigns.follow_up.plan import DEFAULT_DAYS, FollowUpPlan, LeftOut, PlanCounts
from campaigns.follow_up.services import NobodyFits, create_follow_up, same_draft

__all__ = [
    "DEFAULT_DAYS",
    "FollowUpPlan",
    "LeftOut",
    "NobodyFits",
    "PlanCounts",
    "create_follow_up",
    "same_draft",
]
