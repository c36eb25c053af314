"""A service of bounded contexts: one package each, wired together in wiring.py."""
