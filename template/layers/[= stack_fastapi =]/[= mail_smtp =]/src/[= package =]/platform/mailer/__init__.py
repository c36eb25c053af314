"""Mail: what is said to whom, and a server that brings it there."""
