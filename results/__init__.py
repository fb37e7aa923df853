"""What it means: KPIs, paired comparison, tables, maps and the report."""
