from campaigns.models.audiences import Audience, AudienceProposal, CampaignSource, ProposedChange
from campaigns.models.bulk import BulkAction, BulkActionPerson, PeopleSelection, SelectedPerson
from campaigns.models.campaigns import Campaign, Kind, Status, StatusChange
from campaigns.models.members import Absence, CampaignContact
from campaigns.models.notes import CampaignTag, Mention, Note, Task
from campaigns.models.planning import CampaignCaller, CampaignGoal, CampaignTemplate, GoalKind
from campaigns.models.reports import CampaignReport, SharedLink
from campaigns.models.selections import SelectedContact
from campaigns.models.viewing import DefaultView, SavedView

__all__ = [
    "Absence",
    "Audience",
    "AudienceProposal",
    "BulkAction",
    "BulkActionPerson",
    "Campaign",
    "CampaignCaller",
    "CampaignContact",
    "CampaignGoal",
    "CampaignReport",
    "CampaignSource",
    "CampaignTag",
    "CampaignTemplate",
    "DefaultView",
    "GoalKind",
    "Kind",
    "Mention",
    "Note",
    "PeopleSelection",
    "ProposedChange",
    "SavedView",
    "SelectedContact",
    "SelectedPerson",
    "SharedLink",
    "Status",
    "StatusChange",
    "Task",
]
