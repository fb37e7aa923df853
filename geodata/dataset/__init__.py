"""The data set that simulations read: built, kept, described."""
