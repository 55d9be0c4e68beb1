from markets.admin import (
    api_tokens,
    audit,
    contacts,
    custom_fields,
    imports,
    merges,
    protection,
    sign_in_domains,
    workspaces,
)

__all__ = [
    "api_tokens",
    "audit",
    "contacts",
    "custom_fields",
    "imports",
    "merges",
    "protection",
    "sign_in_domains",
    "workspaces",
]
