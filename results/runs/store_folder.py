"""Where finished replications are kept and found again, when no folder is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

STORE_VARIABLE: Final = "TWENTEZORG_STORE"


def store_folder() -> Path:
    """Return the folder that the environment names, or one in the user's own cache."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - help needs none of it

    own = os.environ.get(STORE_VARIABLE)
    return Path(own) if own else user_cache_path("twentezorg") / "runs"
