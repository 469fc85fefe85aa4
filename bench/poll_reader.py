"""A first fetch by the `reader` library: `python bench/poll_reader.py DATABASE URLS [search]`; for bench.poll_rivals.

Runs in an environment that has reader and nothing of ours. URLS is a file, an address a line. Prints how many entries
are kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found]  # in that environment only

WORKERS = 8


def main() -> None:
    """Read every feed once."""
    database, urls, searches = sys.argv[1], Path(sys.argv[2]).read_text(encoding="ascii").split(), sys.argv[3:]
    with make_reader(database) as reader:
        for url in urls:
            reader.add_feed(url)
        if searches:
            reader.enable_search()
        reader.update_feeds(workers=WORKERS)
        if searches:
            reader.update_search()
        print(reader.get_entry_counts().total)


if __name__ == "__main__":
    main()
