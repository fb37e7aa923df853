"""Who reaches what: shares of inhabitants within minutes, coverage, and how sure that is."""
