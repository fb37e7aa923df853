"""How files are read and written, whatever stands in them: one reader for each kind."""
