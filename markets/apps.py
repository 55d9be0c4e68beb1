from django.apps import AppConfig


class MarketsConfig(AppConfig):
    name = "markets"

    def ready(self) -> None:
        from markets.imports.fields import SUPPRESSION_FIELDS
        from markets.imports.registry import FileKind, register
        from markets.imports.suppressions import SuppressionList
        from markets.models import ImportKind

        register(ImportKind.SUPPRESSIONS, FileKind(fields=SUPPRESSION_FIELDS, make_writer=SuppressionList.for_job))
