from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.importing import PeopleIntoMarket
        from campaigns.membership import CampaignClosed
        from markets.imports.mapping import PEOPLE
        from markets.imports.registry import FileKind, register
        from markets.models import ImportKind

        register(
            ImportKind.PEOPLE,
            FileKind(fields=PEOPLE, make_writer=PeopleIntoMarket.for_job, refusals=(CampaignClosed,)),
        )
