"""Takes every contract of a folder through all that a project goes through.

`make contracts DIR=folder` runs it: new, setup, migrate, boot, checks, contract test; a
row in a table for each.
"""
