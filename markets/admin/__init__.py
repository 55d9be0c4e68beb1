from markets.admin import api_tokens, audit, contacts, custom_fields, imports, merges, protection, workspaces

__all__ = ["api_tokens", "audit", "contacts", "custom_fields", "imports", "merges", "protection", "workspaces"]
