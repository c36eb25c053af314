"""Copies the rows of contexts from one database to others, as a whole or not at all."""
