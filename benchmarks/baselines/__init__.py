"""Hand-written servers with nothing around them, to compare with."""
