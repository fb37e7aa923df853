"""The reader's language: words, numbers, and the terminal's messages."""
