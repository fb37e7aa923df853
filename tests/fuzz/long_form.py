"""The long form, `make fuzz`: thousands of files, hundreds of data sets and maps, a thousand kills.

The seed is printed, and given with `--seed` it does the same again.
"""

import argparse
import secrets
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.fuzz.damaged import try_data_sets, try_maps
from tests.fuzz.generated import KINDS, try_files
from tests.fuzz.kills import try_kills, undisturbed


def _killed(count: int, chance: int, folder: Path) -> Counter[str]:
    whole, work = folder / "whole", folder / "work"
    work.mkdir()
    undisturbed(whole)
    return try_kills(count, chance, work, whole)


def main() -> int:
    """Try all; return 1 when something was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=10_000, help="spoilt files, of all kinds")
    options.add_argument("--damaged", type=int, default=500, help="data sets and maps together")
    options.add_argument("--kills", type=int, default=1000, help="sweeps that are stopped")
    options.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    given = options.parse_args()
    print(f"seed {given.seed}", flush=True)
    rounds = {
        name: (
            -(-given.files // len(KINDS)),
            lambda count, folder, name=name: try_files(name, count, given.seed, folder),
        )
        for name in KINDS
    }
    half = given.damaged // 2
    rounds["data sets"] = half, lambda count, folder: try_data_sets(count, given.seed, folder)
    rounds["maps"] = (
        given.damaged - half,
        lambda count, folder: try_maps(count, given.seed, folder),
    )
    rounds["kills"] = (
        given.kills,
        lambda count, folder: _killed(count, given.seed, folder),
    )
    found = 0
    for name, (count, attempt) in rounds.items():
        if not count:
            continue
        began = time.monotonic()
        with TemporaryDirectory(prefix="fuzz-") as folder:
            try:
                said = ", ".join(f"{n} {what}" for what, n in attempt(count, Path(folder)).items())
            except Exception as error:  # noqa: BLE001 - all is tried, and what is found is told
                found += 1
                notes = "\n".join(getattr(error, "__notes__", ()))
                said = f"FOUND {type(error).__name__}: {error}\n{notes}"
        took = time.monotonic() - began
        print(f"{name:<10} {count:>6} tried: {said} ({took:.0f} s)", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
