"""What a user does, start to end: the same from Python and from the command line."""
