from django.apps import AppConfig


class MarketsConfig(AppConfig):
    name = "markets"

    def ready(self) -> None:
        from django.apps import apps

        from config.ui.model_names import translate_names

        translate_names(apps.get_models())  # of all apps, before forms are made of them

        from django.core.checks import register as register_check

        from config.ui.lists.exports import EXPORT_OBSERVERS
        from markets.audit.reading import record_export
        from markets.imports.fields import SUPPRESSION_FIELDS
        from markets.imports.registry import FileKind, register
        from markets.imports.suppressions import SuppressionList
        from markets.models import ImportKind
        from markets.operations.checks import check_limits_of_roles
        from markets.palette import own
        from markets.palette.registry import register_actions, register_pages, register_sources
        from markets.search.rows import SEARCHABLE
        from markets.search.sources import register as register_searchable

        register_check(check_limits_of_roles, deploy=True)
        register(ImportKind.SUPPRESSIONS, FileKind(fields=SUPPRESSION_FIELDS, make_writer=SuppressionList.for_job))
        EXPORT_OBSERVERS.append(record_export)
        register_searchable(SEARCHABLE)
        register_sources(*own.SOURCES)
        register_pages(*own.PAGES)
        register_actions(*own.ACTIONS)
