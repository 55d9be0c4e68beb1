"""The API of a workspace. What all its endpoints share is here; each app has its endpoints in its own `api/`, and
config/api.py puts them together.

Endpoints are entry points like views: `endpoint` lets a token in as far as its scopes go, and everything is reached
from `request.access.workspace`.
"""
