"""CSV files for tests, and real data files, which are not part of the project."""

import pytest
from django.conf import settings

REAL = settings.BASE_DIR.parent / "shared" / "data"


def real_file(name):
    """Skips the test if the file is absent."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def csv_file(folder, *lines, name="file.csv", encoding="utf-8", end="\n"):
    path = folder / name
    path.write_bytes(end.join([*lines, ""]).encode(encoding))
    return path
