from markets.admin import landscape, merges, people

__all__ = ["landscape", "merges", "people"]
