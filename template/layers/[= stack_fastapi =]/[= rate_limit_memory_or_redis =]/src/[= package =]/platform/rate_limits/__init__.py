"""Rate limits: how often a caller may ask for what, and how they are told."""
