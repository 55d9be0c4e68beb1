"""The editor of rules: a rule is edited as rows of a form, and works without scripts."""
