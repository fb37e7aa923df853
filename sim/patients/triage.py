"""Urgency at the emergency department, by the five classes of the Dutch triage standard (NTS)."""

from __future__ import annotations

URGENCIES = ("U0", "U1", "U2", "U3", "U4", "U5")
