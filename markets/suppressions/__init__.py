"""Do-not-call suppressions: creating and lifting them, and suppressing contacts that return under an erased key."""
