"""What is asked: scenario files, parameters with their source, demand in a horizon year."""
