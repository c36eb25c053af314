"""Events: what has happened in a context, told to others once it is certain."""
