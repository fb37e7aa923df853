"""What patients compete for: departments, units, theatres, crews, people."""
