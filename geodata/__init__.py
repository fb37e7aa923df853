"""Where: OSM roads to minutes, people, municipalities, norms, and the data set that ships."""
