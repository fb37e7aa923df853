"""The ways of patients, each to be read from top to bottom."""
