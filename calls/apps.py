from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls import palette
        from calls.audience import Attempts, Conversations, HadOutcome, HasMeeting, LastCall
        from calls.callbacks.handover import leave
        from calls.ingest.call_log import CallLog
        from calls.ingest.inspection import inspect_calls
        from calls.ingest.parsing import CALL_FIELDS, RANKED
        from calls.searchable import SEARCHABLE
        from campaigns.audience.registry import register as register_conditions
        from campaigns.dispositions import Disposition
        from campaigns.membership import CampaignClosed
        from markets.imports.registry import FileKind, register
        from markets.models import ImportKind
        from markets.palette.registry import register_pages, register_sources
        from markets.search.sources import register as register_searchable
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
        register_searchable(SEARCHABLE)
        register_sources(*palette.SOURCES)
        register_pages(*palette.PAGES)
