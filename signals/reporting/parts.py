"""Parts of SQL that several views share.

Joins that each row has are LEFT JOINs all the same: PostgreSQL leaves those out of which a query needs no column."""

from calls.models.calls import Direction

K = "an outbound call with a disposition that is not voided (K)"
IS_COUNTED = f"(c.direction = '{Direction.OUTBOUND}' AND c.disposition <> '' AND c.voided_at IS NULL)"
CAMPAIGN_ID = "The campaign, as in campaigns."
MARKET_ID = "The market of the campaign, as in markets."
CONTACT_ID = "The person, as in contacts."

HAS_PHONE = "(x.phone_e164 <> '' AND x.phone_e164 <> x.wrong_phone)"
IN_FORCE = "SELECT 1 FROM markets_suppression s WHERE s.workspace_id = x.workspace_id AND s.lifted_at IS NULL"
IS_SUPPRESSED = (
    f"(EXISTS ({IN_FORCE} AND s.contact_id = x.id)"
    f" OR x.phone_e164 <> '' AND EXISTS ({IN_FORCE} AND s.phone_e164 <> '' AND s.phone_e164 = x.phone_e164)"
    f" OR x.email <> '' AND EXISTS ({IN_FORCE} AND s.email <> '' AND s.email = x.email))"
)
OFF_LIMITS = (
    "SELECT 1 FROM markets_offlimits o WHERE o.workspace_id = x.workspace_id AND o.lifted_at IS NULL"
    " AND (o.expires_at IS NULL OR o.expires_at > now())"
)
IS_OFF_LIMITS = (
    f"(EXISTS ({OFF_LIMITS} AND o.contact_id = x.id)"
    f" OR EXISTS ({OFF_LIMITS} AND o.contact_id IS NULL AND o.firm_key = lower(x.firm)))"
)
IS_CALLABLE = (
    f"(r.removed_at IS NULL AND NOT r.is_closed AND {HAS_PHONE} AND NOT {IS_SUPPRESSED} AND NOT {IS_OFF_LIMITS})"
)
"""Of the member `r` who is the contact `x`."""


def campaign_of(row: str) -> str:
    return f"LEFT JOIN campaigns_campaign p ON p.workspace_id = {row}.workspace_id AND p.id = {row}.campaign_id"


def workspace_of(row: str) -> str:
    return f"LEFT JOIN markets_workspace w ON w.id = {row}.workspace_id"


def call_of(row: str) -> str:
    return f"LEFT JOIN calls_call c ON c.workspace_id = {row}.workspace_id AND c.id = {row}.call_id"


def day_of(moment: str) -> str:
    return f"({moment} AT TIME ZONE w.timezone)::date"


def name_of(user_id: str) -> str:
    """As pages show a user: the name, or else the email address; null for no user.

    A subquery and no join. Users belong to no workspace, so they have no policy, and a condition of the reader on a
    joined name could be checked on all users of the portal before they are joined.
    """
    name = "coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.email)"
    return f"(SELECT {name} FROM markets_user u WHERE u.id = {user_id})"  # noqa: S608
