"""The views with the metrics of product.md, section 5: of markets, of campaigns, and of a campaign's days."""

from calls.metrics.definitions import CALL_METRICS, RATES
from calls.models.daily_counts import OUTCOME_COUNTS
from signals.reporting.parts import CAMPAIGN_ID, IS_CALLABLE, MARKET_ID, K, campaign_of, name_of
from signals.reporting.shape import Column, View

CALLABLE = "Callable: members not removed, not closed, neither suppressed nor off-limits, with a usable number"
MEANINGS = {
    "contact_count": "Contact Count: members not removed",
    "called": "Those of contact_count with a counted call",
    "reached": "Those of contact_count with a conversation",
    "callable": CALLABLE,
    "calls_made": f"Calls Made: the size of K, where each is {K}",
    "conversations": "Those of calls_made whose disposition is a conversation",
    "meetings_booked": "Meetings Booked: those of calls_made with Meeting Booked, also if it was cancelled since",
    "signals_captured": "Signals Captured: signals of the calls in calls_made",
}
RATE_NAMES = {"connection_rate": "Connection Rate", "coverage": "Coverage", "reach": "Reach"}
PEOPLE = ("contact_count", "called", "reached")


def counts_by(key: str, join: str = "") -> str:
    """Subqueries with the counts of the workspace, each grouped by `key`: a column of a campaign's members and days
    (`r`), or of what `join` adds to them. People are counted once in each group."""
    sums = ", ".join(f"sum(r.{field})::bigint AS {name}" for name, field in CALL_METRICS.items())
    return f"""LEFT JOIN (
        SELECT {key} AS key, count(DISTINCT r.contact_id) AS contact_count,
            count(DISTINCT r.contact_id) FILTER (WHERE r.is_called) AS called,
            count(DISTINCT r.contact_id) FILTER (WHERE r.is_reached) AS reached
        FROM campaigns_campaigncontact r {join}
        WHERE r.removed_at IS NULL GROUP BY 1
    ) people ON people.key = k.id
    LEFT JOIN (
        SELECT {key} AS key, count(DISTINCT r.contact_id) AS callable
        FROM campaigns_campaigncontact r {join}
        JOIN markets_contact x ON x.workspace_id = r.workspace_id AND x.id = r.contact_id
        WHERE {IS_CALLABLE} GROUP BY 1
    ) queue ON queue.key = k.id
    LEFT JOIN (
        SELECT {key} AS key, {sums} FROM calls_campaignday r {join} GROUP BY 1
    ) days ON days.key = k.id"""  # noqa: S608


def metrics(of: str) -> tuple[Column, ...]:
    """The columns over `counts_by`. `of` says of what they are, as the end of a sentence."""
    tables = dict.fromkeys(PEOPLE, "people") | {"callable": "queue"} | dict.fromkeys(CALL_METRICS, "days")
    counts = {name: f"coalesce({table}.{name}, 0)" for name, table in tables.items()}
    return (
        *(Column(name, sql, f"{MEANINGS[name]}, {of}.") for name, sql in counts.items()),
        *(
            Column(
                name,
                f"({counts[over]}::double precision / nullif({counts[under]}, 0))",
                f"{RATE_NAMES[name]}: {over} / {under}, from 0 to 1; null if {under} is 0. "
                "Of several rows: the sum of the one over the sum of the other, never a mean.",
            )
            for name, (over, under) in RATES.items()
        ),
    )


MARKETS = View(
    "markets",
    "Markets, with the metrics of all their campaigns and of all time. A person in several campaigns counts once.",
    f"""markets_market k
    LEFT JOIN (
        SELECT l.market_id AS key, count(*) AS landscape FROM markets_marketcontact l GROUP BY 1
    ) placed ON placed.key = k.id
    {counts_by("p.market_id", campaign_of("r"))}""",  # noqa: S608
    (
        Column("market_id", "k.id", "Key of the market."),
        Column("market", "k.name", "Its name: practice area -- geography."),
        Column("practice_area", "k.practice_area", "The practice area."),
        Column("geography", "k.geography", "The geography."),
        Column("seniority", "k.seniority", "The seniority; may be empty."),
        Column("firm_tier", "k.firm_tier", "The firm tier; may be empty."),
        Column("created_at", "k.created_at", "When it was created."),
        Column("landscape", "coalesce(placed.landscape, 0)", "People in the market, in a campaign or not."),
        *metrics("in all campaigns of the market"),
    ),
)

CAMPAIGNS = View(
    "campaigns",
    "Campaigns, with their metrics of all time.",
    f"""campaigns_campaign k
    JOIN markets_market market ON market.workspace_id = k.workspace_id AND market.id = k.market_id
    {counts_by("r.campaign_id")}""",
    (
        Column("campaign_id", "k.id", "Key of the campaign."),
        Column("campaign", "k.name", "Its name, unique in its market."),
        Column("market_id", "k.market_id", "Its market, as in markets."),
        Column("market", "market.name", "The name of its market."),
        Column("kind", "k.kind", "validation, follow_up or coverage (ongoing, without an end)."),
        Column("status", "k.status", "draft, active, paused or completed."),
        Column("starts_on", "k.starts_on", "Its first day; null for a draft without one."),
        Column("ends_on", "k.ends_on", "Its planned last day; null if it has no end."),
        Column("owner", name_of("k.owner_id"), "The user who is responsible for it; null if nobody is."),
        Column("follows_id", "k.follows_id", "The campaign that it follows up; null if none."),
        Column("created_at", "k.created_at", "When it was created."),
        *metrics("in the campaign"),
    ),
)

CAMPAIGN_DAYS = View(
    "campaign_days",
    "The calls of each campaign by day: the sums over any days are the metrics of that period. Days without calls have "
    "no row.",
    f"calls_campaignday d {campaign_of('d')}",
    (
        Column("campaign_id", "d.campaign_id", CAMPAIGN_ID),
        Column("market_id", "p.market_id", MARKET_ID),
        Column(
            "day", "d.day", "The day, in the time zone of the workspace, on which the calls started.", is_plain=True
        ),
        *(Column(name, f"d.{field}", f"{MEANINGS[name]}, on the day.") for name, field in CALL_METRICS.items()),
        *(
            Column(str(disposition), f"d.{field}", f"Those of calls_made with {disposition.replace('_', ' ').title()}.")
            for disposition, field in OUTCOME_COUNTS.items()
        ),
    ),
)

TOTALS = (MARKETS, CAMPAIGNS, CAMPAIGN_DAYS)
