from markets.models.accounts import User
from markets.models.landscape import Contact, Market, MarketContact
from markets.models.suppressions import Suppression
from markets.models.workspaces import Invitation, Membership, Role, Workspace

__all__ = [
    "Contact",
    "Invitation",
    "Market",
    "MarketContact",
    "Membership",
    "Role",
    "Suppression",
    "User",
    "Workspace",
]
