from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "signals"

    def ready(self) -> None:
        from calls.derived.registry import DerivedData, register
        from campaigns.audience.registry import register as register_conditions
        from campaigns.lifecycle import completion
        from markets.palette.registry import register_pages, register_sources
        from markets.search.sources import register as register_searchable
        from signals import palette
        from signals.audience import HasSignal, ShowedInterest
        from signals.capture.current import contacts_with_wrong_signals, current_differences, refresh_current
        from signals.report.freeze import freeze_on_completion
        from signals.searchable import SEARCHABLE

        register(
            DerivedData(
                refresh=refresh_current, differences=current_differences, wrong_contacts=contacts_with_wrong_signals
            )
        )
        register_conditions(HasSignal, ShowedInterest)
        completion.register(freeze_on_completion)
        register_searchable(SEARCHABLE)
        register_sources(*palette.SOURCES)
        register_pages(*palette.PAGES)
