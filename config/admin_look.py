"""Settings of Unfold: the portal's name and colours, and the sidebar in the portal's order; what its pages may load."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _


def page(title: object, model: str) -> dict[str, object]:
    return {"title": title, "link": reverse_lazy(f"admin:{model}_changelist")}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Client Portal",
    "SITE_HEADER": "Client Portal",
    "SITE_SUBHEADER": _("Operations"),
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icon.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "COLORS": {
        "base": {
            "50": "#fbfaf8",
            "100": "#f4f1ec",
            "200": "#e7e3dc",
            "300": "#d6d1c8",
            "400": "#9c988f",
            "500": "#6b6862",
            "600": "#55524d",
            "700": "#45433e",
            "800": "#32312d",
            "900": "#1e1e1b",
            "950": "#161614",
        },
        "primary": {
            "50": "#eef6f5",
            "100": "#dcecea",
            "200": "#b9d9d5",
            "300": "#9acfc7",
            "400": "#7cc4ba",
            "500": "#4fa399",
            "600": "#1f5f5b",
            "700": "#1a524f",
            "800": "#164541",
            "900": "#123633",
            "950": "#0b2422",
        },
    },
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change password"), "link": reverse_lazy("account_change_password")},
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": _("Sessions"), "link": reverse_lazy("account_sessions")},
        ]
    },
    "SIDEBAR": {
        "navigation": [
            {"items": [{"title": _("Operations"), "link": reverse_lazy("admin:operations")}]},
            {
                "title": _("Clients"),
                "separator": True,
                "items": [
                    page(_("Workspaces"), "markets_workspace"),
                    page(_("Users"), "markets_user"),
                    page(_("Memberships"), "markets_membership"),
                    page(_("Invitations"), "markets_invitation"),
                    page(_("API tokens"), "markets_apitoken"),
                ],
            },
            {
                "title": _("Landscape"),
                "separator": True,
                "items": [
                    page(_("Markets"), "markets_market"),
                    page(_("Contacts"), "markets_contact"),
                    page(_("People in markets"), "markets_marketcontact"),
                    page(_("Do not call"), "markets_suppression"),
                    page(_("Imports"), "markets_importjob"),
                ],
            },
            {
                "title": _("Campaigns"),
                "separator": True,
                "items": [
                    page(_("Campaigns"), "campaigns_campaign"),
                    page(_("People in campaigns"), "campaigns_campaigncontact"),
                    page(_("Status changes"), "campaigns_statuschange"),
                ],
            },
            {
                "title": _("Calling"),
                "separator": True,
                "items": [
                    page(_("Calls"), "calls_call"),
                    page(_("Corrections"), "calls_correction"),
                    page(_("Meetings"), "calls_meeting"),
                    page(_("Meeting changes"), "calls_meetingchange"),
                    page(_("Signals"), "signals_signal"),
                    page(_("Suggested signals"), "signals_signalsuggestion"),
                    page(_("Daily tallies"), "calls_campaignday"),
                ],
            },
        ]
    },
}

# Unfold needs the exceptions: Alpine evaluates attributes, the theme's colours are in a style element, and related
# rows open in a frame.
ADMIN_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
}
