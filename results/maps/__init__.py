"""Maps, drawn and interactive."""
