"""The views of calls and of what follows from them. Free text is left out: notes, evidence, reasons."""

from calls.metrics.callbacks import KEPT_WITHIN, CallbackState
from calls.models.calls import CallbackDecision
from campaigns.dispositions import CONVERSATIONS
from signals.models import AGEING_FOR, FRESH_FOR
from signals.reporting.parts import (
    CAMPAIGN_ID,
    CONTACT_ID,
    IS_COUNTED,
    MARKET_ID,
    K,
    call_of,
    campaign_of,
    day_of,
    name_of,
    workspace_of,
)
from signals.reporting.shape import Column, View, one_of

CALLS = View(
    "calls",
    f"All calls, planned, inbound and voided ones included. Calls Made is the number of those with is_counted: {K}.",
    f"""calls_call c {workspace_of("c")} {campaign_of("c")}""",
    (
        Column("call_id", "c.id", "Key of the call.", is_plain=True),
        Column("campaign_id", "c.campaign_id", CAMPAIGN_ID),
        Column("market_id", "p.market_id", MARKET_ID),
        Column("contact_id", "c.contact_id", CONTACT_ID),
        Column("direction", "c.direction", "outbound or inbound."),
        Column("started_at", "c.started_at", "When it started.", is_plain=True),
        Column("started_on", day_of("c.started_at"), "The day on which it started, which is the day it counts for."),
        Column("talk_seconds", "c.talk_seconds", "Seconds of talk without ringing; null if not known."),
        Column("disposition", "c.disposition", "Its outcome, such as no_answer; empty while it is only planned."),
        Column("is_counted", IS_COUNTED, f"Whether it is {K}. Every metric of calls is over these only."),
        Column(
            "is_conversation",
            f"(c.disposition IN {one_of(CONVERSATIONS)})",
            "Whether the disposition means that the person was spoken with.",
        ),
        Column("is_voided", "(c.voided_at IS NOT NULL)", "Whether it was taken back. It counts nowhere then."),
        Column("voided_at", "c.voided_at", "When it was taken back."),
        Column(
            "caller",
            f"coalesce({name_of('c.caller_id')}, nullif(c.caller_name, ''))",
            "Who called: the user, or else the name that the dialer gives; null if nobody is named.",
        ),
        Column("dialer_call_id", "c.dialer_call_id", "The dialer's own id of the call; may be empty."),
        Column("recorded_at", "c.recorded_at", "When it was recorded here."),
    ),
)

MEETINGS = View(
    "meetings",
    "What calls with Meeting Booked scheduled. Meetings Booked is the number of those with is_counted, whatever became "
    "of the meeting.",
    f"calls_meeting t {call_of('t')} {campaign_of('c')} {workspace_of('t')}",
    (
        Column("meeting_id", "t.id", "Key of the meeting."),
        Column("call_id", "t.call_id", "The call that booked it, as in calls."),
        Column("campaign_id", "c.campaign_id", CAMPAIGN_ID),
        Column("market_id", "p.market_id", MARKET_ID),
        Column("contact_id", "c.contact_id", CONTACT_ID),
        Column("booked_on", day_of("c.started_at"), "The day of the call, which is the day it counts for."),
        Column("scheduled_at", "t.scheduled_at", "When it takes place; null while that is to be agreed."),
        Column("scheduled_on", day_of("t.scheduled_at"), "The day of scheduled_at."),
        Column("status", "t.status", "scheduled, held, no_show or cancelled."),
        Column("is_counted", IS_COUNTED, f"Whether its call is {K}."),
    ),
)

CALLBACKS = View(
    "callbacks",
    "Agreements to call again, each from a call with Callback Requested that is not voided.",
    f"calls_call c {campaign_of('c')} {workspace_of('c')}\n    WHERE c.callback_at IS NOT NULL AND c.voided_at IS NULL",
    (
        Column("call_id", "c.id", "The call on which it was agreed, as in calls."),
        Column("campaign_id", "c.campaign_id", CAMPAIGN_ID),
        Column("market_id", "p.market_id", MARKET_ID),
        Column("contact_id", "c.contact_id", CONTACT_ID),
        Column("callback_at", "c.callback_at", "The agreed time."),
        Column("callback_on", day_of("c.callback_at"), "The day of callback_at."),
        Column("fulfilled_at", "c.fulfilled_at", "When the next valid call started, which fulfils it."),
        Column(
            "state",
            f"""CASE
        WHEN c.callback_decision = '{CallbackDecision.RELEASED}' THEN '{CallbackState.RELEASED}'
        WHEN c.fulfilled_at > c.callback_at + interval '{KEPT_WITHIN.seconds} s' THEN '{CallbackState.LATE}'
        WHEN c.fulfilled_at IS NOT NULL THEN '{CallbackState.KEPT}'
        WHEN c.callback_at > now() THEN '{CallbackState.UPCOMING}'
        WHEN {day_of("c.callback_at")} >= {day_of("now()")} THEN '{CallbackState.DUE}'
        ELSE '{CallbackState.MISSED}' END""",
            "upcoming; due: its time has come; missed: its day is over; kept: called up to an hour after it; late; "
            "released: a manager decided that nobody calls back.",
        ),
    ),
)

SIGNALS = View(
    "signals",
    "What was learnt on conversations. Signals Captured is the number of those with is_counted.",
    f"signals_signal g {call_of('g')} {campaign_of('c')} {workspace_of('g')}",
    (
        Column("signal_id", "g.id", "Key of the signal."),
        Column("call_id", "g.call_id", "The call on which it was heard, as in calls."),
        Column("campaign_id", "c.campaign_id", CAMPAIGN_ID),
        Column("market_id", "p.market_id", MARKET_ID),
        Column("contact_id", "g.contact_id", CONTACT_ID),
        Column("type", "g.type", "Its type, such as movement_state."),
        Column("value", "g.value", "One of the values of its type, in English."),
        Column("confidence", "g.confidence", "high: said so; medium: implied; low: a guess."),
        Column("heard_at", "g.heard_at", "When the call started.", is_plain=True),
        Column("heard_on", day_of("g.heard_at"), "The day of heard_at, which is the day it counts for."),
        Column("captured_at", "g.captured_at", "When it was entered."),
        Column("is_counted", IS_COUNTED, f"Whether its call is {K}."),
        Column(
            "is_current",
            "(g.current_campaign_id IS NOT NULL)",
            "Whether it is the person's newest signal of its type and its call counts. Pages of markets show these.",
        ),
        Column(
            "freshness",
            f"""CASE
        WHEN g.heard_at >= now() - interval '{FRESH_FOR.days * 24} hours' THEN 'fresh'
        WHEN g.heard_at >= now() - interval '{AGEING_FOR.days * 24} hours' THEN 'ageing'
        ELSE 'stale' END""",
            f"fresh: heard up to {FRESH_FOR.days} days ago; ageing: up to {AGEING_FOR.days} days; stale: older.",
        ),
    ),
)

OF_CALLS = (CALLS, MEETINGS, CALLBACKS, SIGNALS)
