"""Traces: the way of some requests through all processes, sent to a collector."""
