"""Many replications of many scenarios, kept in a store."""
