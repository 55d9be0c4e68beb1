from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.audience.kinds import custom_fields, membership, people, places, protection
        from campaigns.audience.registry import register as register_conditions
        from campaigns.importing import ContactList
        from campaigns.lifecycle import completion
        from campaigns.living import close_proposal
        from campaigns.membership import CampaignClosed
        from campaigns.palette import found as palette
        from campaigns.searchable import SEARCHABLE
        from markets.custom_fields.inspection import inspect_people
        from markets.imports.fields import CONTACT_FIELDS
        from markets.imports.registry import FileKind, register
        from markets.models import ImportKind
        from markets.palette.registry import register_actions, register_pages, register_sources
        from markets.search.sources import register as register_searchable

        completion.register(close_proposal)
        register(
            ImportKind.PEOPLE,
            FileKind(
                fields=CONTACT_FIELDS,
                make_writer=ContactList.for_job,
                inspect=inspect_people,
                refusals=(CampaignClosed,),
            ),
        )
        register_conditions(
            places.InMarket,
            people.Firm,
            people.Seniority,
            people.City,
            custom_fields.CustomValue,
            places.Tagged,
            places.FromImport,
            membership.InCampaign,
            people.UsableNumber,
            protection.Suppressed,
            protection.OffLimits,
            people.Search,
        )
        register_searchable(SEARCHABLE)
        register_sources(*palette.SOURCES)
        register_pages(*palette.PAGES)
        register_actions(palette.call_next, *palette.ACTIONS, palette.new_campaign)
