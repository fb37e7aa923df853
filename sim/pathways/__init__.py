"""The ways of patients, each read as a journey."""
