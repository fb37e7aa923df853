"""Many futures: sweeps and their folders."""
