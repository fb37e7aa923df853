"""Model against theory and against what was measured."""
