"""What a scenario file may say: the frozen models behind `scenarios/schema.json`."""
