"""The files of a run that people read, and keeping what was drawn before."""
