"""The accounts of those who log in."""
