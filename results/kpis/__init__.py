"""Key performance indicators: measured from journals, named in a catalogue."""
