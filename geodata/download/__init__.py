"""What comes from the network: extracts, Overpass and CBS tables."""
