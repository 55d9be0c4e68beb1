"""The endpoints of this app. What they share with those of other apps is in `markets/api/`."""
