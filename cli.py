"""The `twentezorg` command: parse, call, print."""

import click


@click.group()
def main() -> None:
    """Compare where 24/7 acute and obstetric care in Twente could be."""
