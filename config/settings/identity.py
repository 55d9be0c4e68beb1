"""Sign-in with a company's identity provider."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import environment
from config.identity_providers import IdentityProvider
from config.settings.core import INSTALLED_APPS
from config.settings.security import SECURE_CSP

environment.section = "Identity providers"
FORM = "`https://{}#name=Acme&domains=acme.example`"
OIDC = environment.by_prefix(
    "OIDC_",
    f"An OpenID Connect provider: {FORM.format('CLIENT_ID:CLIENT_SECRET@issuer.example/path')}. Register "
    "`/accounts/oidc/<name>/login/callback/` there. Only addresses of these domains sign in with it.",
    is_secret=True,
)
SAML = environment.by_prefix(
    "SAML_",
    f"A SAML provider: {FORM.format('idp.example/metadata.xml')} and `&entity_id=`, its entity ID. It takes the extra "
    "`saml` (`uv sync --no-dev --extra saml`). Register `/accounts/saml/<name>/acs/` there.",
)


IDENTITY_PROVIDERS: dict[str, IdentityProvider] = {}
"""By the provider's ID in allauth."""
FORM_ACTION: list[str] = SECURE_CSP["form-action"]  # type: ignore[assignment]


def apps_of(prefix: str, found: dict[str, str], convert: Callable[[IdentityProvider], dict[str, Any]]) -> list[Any]:
    """The providers as allauth wants them; their sign-in pages are added to where forms may lead."""
    apps = []
    for key, text in found.items():
        try:
            if any(each.key == key for each in IDENTITY_PROVIDERS.values()):
                raise ValueError("another provider has this name")
            provider = IdentityProvider.parse(key, text)
            apps.append(convert(provider))
        except ValueError as error:
            raise ImproperlyConfigured(f"{prefix}{key.upper()} cannot be used: {error}.") from None
        IDENTITY_PROVIDERS[str(apps[-1]["provider_id"])] = provider
        FORM_ACTION.extend(each for each in provider.origins if each not in FORM_ACTION)
    return apps


INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps_of("OIDC_", OIDC, IdentityProvider.as_oidc)}}
if SAML:
    INSTALLED_APPS += ["allauth.socialaccount.providers.saml"]
    SOCIALACCOUNT_PROVIDERS["saml"] = {"APPS": apps_of("SAML_", SAML, IdentityProvider.as_saml)}
SOCIALACCOUNT_ADAPTER = "markets.accounts.identity.SocialAccountAdapter"
# A provider is the authority for addresses of its domains, and for no others (SocialAccountAdapter).
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
