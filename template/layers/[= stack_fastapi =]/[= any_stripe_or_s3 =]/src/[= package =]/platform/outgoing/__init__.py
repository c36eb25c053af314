"""Calls to third parties: bounded in time, and within a budget."""
