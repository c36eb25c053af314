"""Adapters: what starts the services of a stack."""

from collections.abc import Callable
from pathlib import Path

from ..service import Stack
from .fastapi import FastapiStack

Adapter = Callable[[Path], Stack]

STACKS: dict[str, Adapter] = {"fastapi": FastapiStack}
