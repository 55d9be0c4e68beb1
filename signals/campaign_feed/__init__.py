"""The feed of a campaign: everything that happened to it, newest first."""
