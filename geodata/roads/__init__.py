"""The road network: pieces, junctions, turns, chains."""
