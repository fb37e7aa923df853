"""One replication: sampled, simulated, measured, and its key in the store."""
