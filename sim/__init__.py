"""What happens: the SimPy model of one region, one replication, many replications."""
