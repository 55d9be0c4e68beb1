from markets.admin import landscape, people

__all__ = ["landscape", "people"]
