"""Redis: one pool of connections a process, which is left alone while it is away."""
