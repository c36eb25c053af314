"""What generating, starting and serving cost, each beside a bare baseline."""
