"""The least capacity that meets targets."""
