"""What drawings, pages and tables share: figures, labels, templates."""
