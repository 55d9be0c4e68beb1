from markets.admin import imports, landscape, merges, people

__all__ = ["imports", "landscape", "merges", "people"]
