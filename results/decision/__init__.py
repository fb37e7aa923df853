"""Weighing configurations: scores, weights, acceptability, outranking, regret, costs."""
