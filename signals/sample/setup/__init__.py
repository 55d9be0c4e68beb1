"""What the sample's team sets up around its calls: goals and templates, audiences, shared links."""
