"""Minutes to open care, and who is within a norm."""
