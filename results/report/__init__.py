"""The report: one page from the tables of a run."""
