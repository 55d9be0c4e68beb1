"""How users sign in: what the portal decides where allauth asks."""
