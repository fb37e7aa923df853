"""Headless Chromium for tests: one browser, pages that record what they ask for and complain of."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1366, "height": 768}


@dataclass
class Watched:
    """A page, what it asked for, and what went wrong in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium; skip where it or playwright is missing, but not in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if os.environ.get("BROWSER_TESTS") == "required":
        assert path is not None, "Chromium isn't installed: apt-get install chromium"
        for name in ("playwright.sync_api", "axe_playwright_python.sync_playwright"):
            assert find_spec(name) is not None, f"{name} isn't installed"
    api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
    if path is None:
        pytest.skip("Chromium isn't installed: apt-get install chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Browser, file: Path, viewport: dict[str, int] = DESKTOP) -> Watched:
    """Open a file as a reader does, from the file system."""
    watched = Watched(browser.new_page(viewport=viewport))
    page = watched.page
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("dialog", lambda dialog: watched.complaints.append(f"dialog: {dialog.message}"))
    page.on("console", lambda said: watched.complaints.append(f"{said.type}: {said.text}"))
    page.goto(file.as_uri())
    return watched
