"""`python -m` entry point: serve the contexts that the settings name."""

from .main import run

run()
