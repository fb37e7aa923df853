"""Who stands there at night: how likely each 24/7 line stands, year by year."""
