"""The discrete-event kernel on SimPy; knows no hospital."""
