from tests.calls.conftest import noon, other

__all__ = ["noon", "other"]
