"""The technical ground that every context stands on."""
