"""What Datadog is told beyond spans: whose log lines are, and what went wrong."""
