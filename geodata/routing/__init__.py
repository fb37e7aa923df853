"""Shortest ways: travel times, matrices, isochrones and the fit of speeds."""
