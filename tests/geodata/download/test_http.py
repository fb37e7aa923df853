"""Fetching survives a bad line and a bad server, and never leaves half a file."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from geodata.download import http as fetching
from geodata.download.http import Download, fetch, geofabrik_extract
from geodata.errors import DataError

CONTENT = bytes(range(256)) * 400
HALF = len(CONTENT) // 2
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


class Server(BaseHTTPRequestHandler):
    """Serves one file; its path says how badly."""

    requests_of: ClassVar[dict[str, int]] = {}
    ranges: ClassVar[list[str]] = []

    def do_GET(self):
        count = self.requests_of[self.path] = self.requests_of.get(self.path, 0) + 1
        asked = self.headers.get("Range")
        self.ranges.append(asked or "")
        if self.path == "/missing":
            self.send_error(404)
        elif self.path == "/broken" or (self.path == "/broken-twice" and count <= 2):
            self.send_error(500)
        elif self.path == "/slow" and count == 1:
            self.stall()
        elif self.path.endswith(".md5"):
            self.answer(f"{MD5}  extract.osm.pbf\n".encode(), None)
        else:
            self.answer(CONTENT, asked, cut=self.path == "/cut" and count <= 2)

    def stall(self):
        """Send the start, then nothing until the client gives up."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:HALF])
        self.wfile.flush()
        self.rfile.read(1)

    def answer(self, content: bytes, asked: str | None, *, cut: bool = False):
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        rest = content[start:]
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: len(rest) // 2] if cut else rest)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server(monkeypatch) -> Iterator[str]:
    monkeypatch.setattr(fetching, "SECONDS_BETWEEN_TRIES", 0.01)
    Server.requests_of.clear()
    Server.ranges.clear()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_a_file_is_fetched_once_and_then_kept(server, tmp_path: Path):
    download = Download(f"{server}/good", "file.bin", MD5)
    assert fetch(download, tmp_path).read_bytes() == CONTENT
    fetch(download, tmp_path)
    assert Server.requests_of["/good"] == 1


def test_a_download_goes_on_where_it_was_cut_off(server, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(fetching, "CHUNK_BYTES", 1024)
    path = fetch(Download(f"{server}/cut", "file.bin", MD5), tmp_path)
    assert path.read_bytes() == CONTENT
    half, three_quarters = len(CONTENT) // 2, len(CONTENT) * 3 // 4
    assert Server.ranges == ["", f"bytes={half}-", f"bytes={three_quarters}-"]


def test_a_server_that_falls_silent_is_asked_for_the_rest(server, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(fetching, "CHUNK_BYTES", 1024)
    path = fetch(Download(f"{server}/slow", "file.bin", MD5), tmp_path)
    assert path.read_bytes() == CONTENT
    assert Server.ranges == ["", f"bytes={HALF}-"]


def test_a_server_that_fails_twice_is_asked_again(server, tmp_path: Path):
    path = fetch(Download(f"{server}/broken-twice", "file.bin", MD5), tmp_path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(("path", "code"), [("missing", "404"), ("broken", "500")])
def test_a_server_that_will_not_is_reported(server, tmp_path: Path, path, code):
    with pytest.raises(DataError, match=f"{path}: the server answers {code}"):
        fetch(Download(f"{server}/{path}", "file.bin"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_checksum_is_reported_and_nothing_kept(server, tmp_path: Path):
    with pytest.raises(DataError, match="checksum differs"):
        fetch(Download(f"{server}/good", "file.bin", "0" * 32), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_reported(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS_BETWEEN_TRIES", 0.0)
    monkeypatch.setattr(fetching, "TRIES", 1)
    with pytest.raises(DataError, match="cannot be fetched after 1 tries"):
        fetch(Download("http://127.0.0.1:9/file", "file.bin"), tmp_path)


def test_an_extract_is_checked_by_the_checksum_beside_it(server, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(fetching, "GEOFABRIK", server)
    had = []
    path = geofabrik_extract("europe/x", tmp_path, lambda now, total: had.append((now, total)))
    assert path.name == "x-latest.osm.pbf"
    assert path.read_bytes() == CONTENT
    assert had[-1] == (len(CONTENT), len(CONTENT))
