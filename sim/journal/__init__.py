"""What happened: steps, the journal, its columns."""
