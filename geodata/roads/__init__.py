"""Roads."""
