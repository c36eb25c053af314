"""OpenID Connect: the tokens of one issuer, and logins of browsers through it."""
