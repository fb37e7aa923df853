"""The commands of `twentezorg`: parse, call, print."""
