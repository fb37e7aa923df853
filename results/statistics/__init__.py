"""Intervals, comparison, precision, selection, warm-up, sensitivity."""
