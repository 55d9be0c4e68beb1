"""A file of each kind of import, and jobs that import it."""

from markets.models import ImportKind
from tests.factories import import_draft
from tests.importing import leased_import

WORKER, OTHER = "here:1:x", "here:2:y"
KINDS = list(ImportKind)

FILES = {
    ImportKind.PEOPLE: [
        "external_id,full_name,email,city",
        "Ann,Ann,ann@f.example,",
        "Bob,Bob,bob@f.example,Rome",
        ",New,new1@f.example,",
        ",New,new2@f.example,Rome",
        "Cy,,,",
        ",New,not one,",
        ",New,new2@f.example,Paris",
        "Bob,,,Rome",
    ],
    ImportKind.CALLS: [
        "call_id,contact,started_at,disposition",
        "c1,Ann,2020-03-02 10:00,Voicemail",
        "c2,Ann,2020-03-02 11:00,Not Interested",
        "c3,Bob,2020-03-02 12:00,Meeting Booked",
        "c4,Zoe,2020-03-02 12:00,Voicemail",
        "c1,Ann,2020-03-02 10:00,Voicemail",
        "c2,Ann,2020-03-02 11:00,Do Not Contact",
        "c5,Cy,2020-03-03 11:00,No Answer",
    ],
    ImportKind.SUPPRESSIONS: [
        "external_id,email",
        "Ann,",
        "Cy,",
        ",bob@f.example",
        "Zoe,",
        ",BOB@f.example",
        ",new3@f.example",
    ],
}


def options(kind, campaign):
    if kind == ImportKind.PEOPLE:
        return {"market": campaign.market.pk, "campaign": campaign.pk}
    return {"campaign": campaign.pk, "historical": True} if kind == ImportKind.CALLS else {}


def leased_job(kind, campaign):
    return leased_import(campaign.workspace, *FILES[kind], kind=kind, **options(kind, campaign))


def draft_job(kind, campaign):
    job = import_draft(campaign.workspace, *FILES[kind], kind=kind)
    job.options = options(kind, campaign)
    job.save()
    return job
