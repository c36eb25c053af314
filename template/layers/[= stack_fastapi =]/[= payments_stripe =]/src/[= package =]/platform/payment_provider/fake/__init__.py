"""A stand-in for Stripe: an HTTP server that behaves like it and moves no money."""
