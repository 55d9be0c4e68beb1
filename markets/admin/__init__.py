from markets.admin import imports, landscape, merges, people, tokens

__all__ = ["imports", "landscape", "merges", "people", "tokens"]
