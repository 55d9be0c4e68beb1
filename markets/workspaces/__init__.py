"""Workspaces and access to them: roles, invitations, API tokens, and provisioning a new client."""
