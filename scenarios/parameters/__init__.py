"""Every number a flow reads, with unit, source, year and confidence."""
