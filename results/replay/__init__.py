"""One replication seen from nearby: a patient, a day, a department."""
