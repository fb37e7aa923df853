"""A manifest: the facts of a folder of files, and by which hashes its files are known again.

Shared by the manifests of runs and of data sets, so that both notice a file that was changed.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST: Final = "manifest.json"

OWN_HASH: Final = "sha256"
"""The fact that is the hash of all others."""

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""A hash as hexadecimals."""


def sha256(path: Path) -> str:
    """Return the hash of a file's bytes, in hexadecimals."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of(content: bytes) -> str:
    """Return the hash of bytes, in hexadecimals."""
    return hashlib.sha256(content).hexdigest()


def facts_hash(facts: Mapping[str, Any]) -> str:
    """Return the hash of facts, however they are laid out in a file."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256_of(text.encode("utf-8", "surrogatepass"))


def sealed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with the hash of themselves, in place of an earlier one."""
    known = _without_hash(facts)
    return known | {OWN_HASH: facts_hash(known)}


def is_sealed(facts: Mapping[str, Any]) -> bool:
    """Tell whether facts are the ones that were hashed."""
    return facts.get(OWN_HASH) == facts_hash(_without_hash(facts))


def _without_hash(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if name != OWN_HASH}


def read_facts(path: Path) -> dict[str, Any] | None:
    """Return the facts that a file holds; None where it holds none, or can't be read."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None
