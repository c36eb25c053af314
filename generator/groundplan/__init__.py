"""Groundplan: from an OpenAPI contract and a dozen answers to a backend that runs."""

__version__ = "0.1.0"
