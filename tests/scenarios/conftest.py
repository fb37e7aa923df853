"""What tests of scenario files share."""

import pytest


@pytest.fixture
def write(tmp_path):
    def written(text: str | bytes, name: str = "mine.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return written
