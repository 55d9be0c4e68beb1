from markets.admin import api_tokens, contacts, custom_fields, imports, merges, protection, workspaces

__all__ = ["api_tokens", "contacts", "custom_fields", "imports", "merges", "protection", "workspaces"]
