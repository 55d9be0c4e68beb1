from markets.admin import api_tokens, contacts, imports, merges, workspaces

__all__ = ["api_tokens", "contacts", "imports", "merges", "workspaces"]
