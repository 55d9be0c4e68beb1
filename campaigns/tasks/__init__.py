"""Tasks: what a user is to do by a day, about a person, a campaign or neither."""
