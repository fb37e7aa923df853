"""OpenStreetMap files: reading them, and what their tags allow."""
