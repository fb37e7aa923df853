"""Versioned data behind a build: norms, regions and speeds, each number with its source."""
