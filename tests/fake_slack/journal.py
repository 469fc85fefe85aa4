"""A file of what happened, a JSON object a line, on the disk before the request is answered."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.fake_slack.nouns import as_row


class Journal:
    """Appends to a file, or to nothing."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("a", encoding="utf-8") if path else None

    def note(self, event: str, told: object, *, on_disk: bool = True) -> None:
        """Write one line and wait for the disk."""
        if self._file is None:
            return
        self._file.write(json.dumps({"event": event, "told": as_row(told)}, ensure_ascii=False) + "\n")
        self._file.flush()
        if on_disk:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
