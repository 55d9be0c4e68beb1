"""Identity providers of companies, each as one address in the environment.

OIDC_ACME=https://CLIENT_ID:CLIENT_SECRET@login.acme.example/realms/staff#name=Acme&domains=acme.example
SAML_ACME=https://login.acme.example/metadata.xml#name=Acme&domains=acme.example&entity_id=https://login.acme.example
"""

import re
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit


@dataclass(frozen=True)
class IdentityProvider:
    """`url` is the issuer (OIDC) or where the metadata is (SAML). The provider vouches for addresses of its `domains`.
    Its sign-in page sends the browser to `origins`."""

    key: str
    url: str
    name: str
    domains: tuple[str, ...]
    origins: tuple[str, ...]
    client_id: str
    secret: str
    entity_id: str

    @classmethod
    def parse(cls, key: str, text: str) -> Self:
        """Raises ValueError with a sentence."""
        parts = urlsplit(text)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("it must begin with https:// and name a host")
        options = {name: values[0] for name, values in parse_qs(parts.fragment).items()}
        domains = tuple(each.strip().casefold() for each in options.get("domains", "").split(",") if each.strip())
        if not domains:
            raise ValueError("add #domains= with the domains of the email addresses that it vouches for")
        if unknown := set(options) - {"name", "domains", "origins", "entity_id"}:
            raise ValueError(f"“{min(unknown)}” is no option; there are name, domains, origins and entity_id")
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
        own = f"{parts.scheme}://{host}"
        more = tuple(each.strip() for each in options.get("origins", "").split(",") if each.strip())
        if bad := [each for each in more if not re.fullmatch(r"https?://[\w.:-]+", each)]:
            raise ValueError(f"the origin “{bad[0]}” must be like https://login.acme.example")
        return cls(
            key=key,
            url=urlunsplit((parts.scheme, host, parts.path.rstrip("/"), parts.query, "")),
            name=options.get("name") or key.replace("_", " ").title(),
            domains=domains,
            origins=(own, *more),
            client_id=unquote(parts.username or ""),
            secret=unquote(parts.password or ""),
            entity_id=options.get("entity_id", ""),
        )

    def as_oidc(self) -> dict[str, Any]:
        """As an app of allauth's provider `openid_connect`. Raises ValueError."""
        if not self.client_id or not self.secret:
            raise ValueError("write the client's ID and secret before the host: https://ID:SECRET@host/")
        settings = {"server_url": self.url, "verified_email": list(self.domains), "oauth_pkce_enabled": True}
        return {
            "provider_id": self.key,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": settings,
        }

    def as_saml(self) -> dict[str, Any]:
        """As an app of allauth's provider `saml`. Raises ValueError."""
        if not self.entity_id:
            raise ValueError("add &entity_id= with the entity ID of the provider")
        return {
            "provider_id": self.entity_id,
            "name": self.name,
            "client_id": self.key,
            "settings": {
                "verified_email": list(self.domains),
                "idp": {"entity_id": self.entity_id, "metadata_url": self.url},
                "advanced": {"want_assertion_signed": True, "reject_idp_initiated_sso": True},
            },
        }
