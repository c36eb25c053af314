"""The accounts of those who log in, and the tables that keep them."""
