from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls.audience import Attempts, Conversations, HadOutcome, HasMeeting, LastCall
        from calls.callbacks.handover import leave
        from calls.ingest.call_log import CallLog
        from calls.ingest.inspection import inspect_calls
        from calls.ingest.parsing import CALL_FIELDS, RANKED
        from campaigns.audience.registry import register as register_conditions
        from campaigns.dispositions import Disposition
        from campaigns.membership import CampaignClosed
        from markets.imports.registry import FileKind, register
        from markets.models import ImportKind
        from markets.workspaces import departures

        departures.register(leave)
        register(
            ImportKind.CALLS,
            FileKind(
                fields=CALL_FIELDS,
                make_writer=CallLog.for_job,
                ranked=RANKED,
                outcomes=Disposition.values,
                inspect=inspect_calls,
                refusals=(CampaignClosed,),
            ),
        )
        register_conditions(HadOutcome, Attempts, Conversations, LastCall, HasMeeting)
