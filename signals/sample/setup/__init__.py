"""What the sample's team sets up around its calls: callers, goals, templates, audiences, notes, tasks, shared links."""
