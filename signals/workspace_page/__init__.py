"""The pages of a whole workspace: the dashboard, what is new on it, the review of a period and the weekly mail."""
