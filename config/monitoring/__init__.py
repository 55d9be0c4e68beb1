"""What the portal tells about itself: log lines without personal data, and measurements for Prometheus."""
