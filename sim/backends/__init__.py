"""How replications are spread: in this process, over processes, or over a Dask cluster."""
