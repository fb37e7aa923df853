"""Scenario files: reading, checking, overriding, and those that ship."""
