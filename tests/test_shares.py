"""What serves a platform is mostly shared: the count that says so, and the bound it keeps to."""

from __future__ import annotations

import pytest

from bench.shares import PLATFORMS, ROOT, counted, lines_of

SOURCE = '''"""A module.

With two lines."""

# a comment
def deed() -> str:
    """What it does."""
    return (  # one statement, four lines
        "a"

        "b"
    )
'''


def test_only_lines_that_hold_code_are_counted() -> None:
    assert lines_of(SOURCE) == 5


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_s_own_part_is_under_15_percent(platform: str) -> None:
    counts = counted(ROOT)
    assert counts[platform] > 300
    assert counts[platform] / (counts[platform] + counts["shared"]) < 0.15
