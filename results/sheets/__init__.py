"""A sheet per municipality."""
