"""One site's emergency department: rooms by acuity, people, tests, and when it asks for a stop."""

from __future__ import annotations

URGENCIES = ("U0", "U1", "U2", "U3", "U4", "U5")
