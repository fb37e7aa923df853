"""Inhabitants: counts per area spread over addresses."""
