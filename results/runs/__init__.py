"""A run: study, execution, tables, folder, queries."""
