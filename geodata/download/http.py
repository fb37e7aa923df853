"""Fetch files over the network: extracts, boundaries and populations. The only module online.

A download goes on where it was cut off, is tried again when the server or the line fails, is
checked, and appears in the cache whole or not at all.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from gettext import gettext as spoken
from typing import TYPE_CHECKING, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from geodata.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

TRIES: Final = 5
SECONDS_BETWEEN_TRIES: Final = 0.5
"""Doubled after each try."""
TIMEOUT_SECONDS: Final = 60
CHUNK_BYTES: Final = 1 << 16
"""Of a connection that breaks off, less than this is lost."""
WORTH_TRYING_AGAIN: Final = (429, 500, 502, 503, 504)
PARTIAL: Final = 206
BEYOND_THE_END: Final = 416
FIRST_ERROR: Final = 400
GEOFABRIK: Final = "https://download.geofabrik.de"

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Download:
    """A file to fetch.

    Attributes
    ----------
    url
        Where it is.
    name
        File name in the cache.
    md5
        Checksum it must have; None to accept any.
    """

    url: str
    name: str
    md5: str | None = None


def geofabrik_extract(area: str, cache: Path, progress: Progress | None = None) -> Path:
    """Fetch the latest OpenStreetMap extract of an area, checked by Geofabrik's own checksum.

    Parameters
    ----------
    area
        As in Geofabrik's addresses: `europe/netherlands/overijssel`.
    cache
        Folder to keep it in.
    progress
        Called with bytes had and bytes in all (None if unknown).

    Returns
    -------
    pathlib.Path
        `cache/overijssel-latest.osm.pbf`.

    Raises
    ------
    DataError
        If the area or the network is not there, or the checksum is wrong.
    """
    url = f"{GEOFABRIK}/{area}-latest.osm.pbf"
    name = url.rsplit("/", 1)[1]
    checksum = fetch(Download(f"{url}.md5", f"{name}.md5"), cache, anew=True)
    md5 = checksum.read_text(encoding="ascii", errors="replace").split()[0]
    return fetch(Download(url, name, md5), cache, progress)


def fetch(
    download: Download, cache: Path, progress: Progress | None = None, *, anew: bool = False
) -> Path:
    """Fetch a file, unless the cache has it.

    Parameters
    ----------
    download
        What to fetch.
    cache
        Folder to keep it in.
    progress
        Called with bytes had and bytes in all (None if unknown).
    anew
        Whether to fetch it even if the cache has it.

    Returns
    -------
    pathlib.Path
        The file in the cache.

    Raises
    ------
    DataError
        If it cannot be had, or its checksum is wrong.
    """
    target = cache / download.name
    if target.is_file() and not anew and _checksum_fits(target, download.md5):
        return target
    cache.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    if anew:
        part.unlink(missing_ok=True)
    _complete(download.url, part, progress or (lambda _had, _all: None))
    if not _checksum_fits(part, download.md5):
        part.unlink()
        raise DataError(
            "{url}: checksum differs from {md5}; fetch it again", url=download.url, md5=download.md5
        )
    part.replace(target)
    return target


def _complete(url: str, part: Path, progress: Progress) -> None:
    """Download until all bytes are there, each try going on where the last was cut off."""
    pause = SECONDS_BETWEEN_TRIES
    reason = ""
    with _session() as session:
        for _ in range(TRIES):
            try:
                if _go_on(session, url, part, progress):
                    return
                reason = spoken("the connection was closed too early")
            except requests.RequestException as error:
                reason = str(error)
            time.sleep(pause)
            pause *= 2
    raise DataError(
        "{url}: cannot be fetched after {tries} tries: {reason}",
        url=url,
        tries=TRIES,
        reason=reason,
    )


def _go_on(session: requests.Session, url: str, part: Path, progress: Progress) -> bool:
    """Append what is missing; return whether all bytes are there."""
    had = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={had}-"} if had else {}
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as response:
        if response.status_code == BEYOND_THE_END:
            part.unlink()
            return False
        if response.status_code >= FIRST_ERROR:
            raise DataError(
                "{url}: the server answers {status} {reason}",
                url=url,
                status=response.status_code,
                reason=response.reason,
            )
        resumes = response.status_code == PARTIAL
        had = had if resumes else 0
        length = response.headers.get("Content-Length")
        total = None if length is None else had + int(length)
        with part.open("ab" if resumes else "wb") as file:
            for chunk in _chunks(response):
                file.write(chunk)
                had += len(chunk)
                progress(had, total)
    return total is None or had == total


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield what arrives; a connection that breaks off ends it, as what came is kept."""
    try:
        yield from response.iter_content(CHUNK_BYTES)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        return


def _session() -> requests.Session:
    retry = Retry(
        total=TRIES,
        backoff_factor=SECONDS_BETWEEN_TRIES / 2,
        status_forcelist=WORTH_TRYING_AGAIN,
        raise_on_status=False,
    )
    session = requests.Session()
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _checksum_fits(path: Path, md5: str | None) -> bool:
    if md5 is None:
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest() == md5
