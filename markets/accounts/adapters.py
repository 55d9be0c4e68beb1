from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from markets.workspaces.invitations import pending_invitation


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return pending_invitation(request) is not None
