"""The lock checker finds what is wrong with small made-up locks, and nothing wrong with ours."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
HASH = "--hash=sha256:" + "0" * 64


def _load() -> ModuleType:
    spec = spec_from_file_location("ci_locks", ROOT / ".ci" / "locks.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["ci_locks"] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


locks = _load()

PYPROJECT = """
[build-system]
requires = ["builder>=3,<4"]
[project]
name = "treatywatch"
dependencies = ["Engine>=2,<3"]
[project.optional-dependencies]
chat = ["talker>=1"]
dev = ["builder>=3,<4", "tester>=1"]
"""
ENGINE, TALKER = (f"{pin} \\\n    {HASH}\n" for pin in ("engine==2.5", "talker==1.2"))
RUN = ENGINE + TALKER
BUILD = f"builder==3.1 \\\n    {HASH}\n"
DEV = f"{RUN}{BUILD}tester==1.0 ; python_version >= '3' \\\n    {HASH} \\\n    {HASH}\n"


def test_good_locks_have_no_fault_and_are_counted() -> None:
    assert locks.check(PYPROJECT, {"run": RUN, "dev": DEV, "build": BUILD}) == (4, [])


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        pytest.param(
            {"run": TALKER},
            ["locks/run.txt: Engine<3,>=2 is not pinned"],
            id="a requirement of the project without a pin",
        ),
        pytest.param(
            {"run": ENGINE},
            ["locks/run.txt: talker>=1 is not pinned"],
            id="what an extra needs without a pin",
        ),
        pytest.param(
            {"dev": RUN + BUILD},
            ["locks/dev.txt: tester>=1 is not pinned"],
            id="a requirement for development without a pin",
        ),
        pytest.param(
            {"build": ""},
            ["locks/build.txt: builder<4,>=3 is not pinned"],
            id="the build back end without a pin",
        ),
        pytest.param(
            {"run": RUN.replace("2.5", "3.0"), "dev": DEV.replace("engine==2.5", "engine==3.0")},
            [
                "locks/run.txt: engine==3.0 is outside <3,>=2",
                "locks/dev.txt: engine==3.0 is outside <3,>=2",
            ],
            id="a version outside the bounds",
        ),
        pytest.param(
            {"dev": DEV.replace("engine==2.5", "engine==2.6")},
            ["run and dev: engine==2.5 in the first, 2.6 in the second"],
            id="two locks, two versions",
        ),
        pytest.param(
            {"run": RUN + f"extra==1.0 \\\n    {HASH}\n"},
            ["run and dev: extra==1.0 in the first, none in the second"],
            id="something to run with that is not there for development",
        ),
    ],
)
def test_a_lock_that_does_not_fit_is_told(changed: dict[str, str], faults: list[str]) -> None:
    texts = {"run": RUN, "dev": DEV, "build": BUILD, **changed}
    assert locks.check(PYPROJECT, texts)[1] == faults


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param("engine==2.5\n", ["lock: engine has no sha256 hash, or one that is none"], id="no hash"),
        pytest.param(
            "engine==2.5 --hash=md5:abc\n", ["lock: engine has no sha256 hash, or one that is none"], id="a weak hash"
        ),
        pytest.param(
            f"engine==2.5 {HASH} --hash=sha256:12\n",
            ["lock: engine has no sha256 hash, or one that is none"],
            id="a short hash beside a good one",
        ),
        pytest.param(f"engine>=2.5 {HASH}\n", ["lock: not pinned to one version: engine>=2.5"], id="a range"),
        pytest.param(f"engine==2.* {HASH}\n", ["lock: not pinned to one version: engine==2.*"], id="a star"),
        pytest.param(f"engine {HASH}\n", ["lock: not pinned to one version: engine"], id="no version"),
        pytest.param(ENGINE + ENGINE, ["lock: engine stands there twice"], id="the same twice"),
        pytest.param(
            "--index-url https://example.org/simple\n",
            ["lock: an address of an index or a file: --index-url https://example.org/simple"],
            id="an index address",
        ),
        pytest.param(
            "engine @ https://example.org/engine.whl\n",
            ["lock: an address of an index or a file: engine @ https://example.org/engine.whl"],
            id="a file at an address",
        ),
        pytest.param("-e ../engine\n", ["lock: an address of an index or a file: -e ../engine"], id="an own tree"),
        pytest.param(
            f"engine==1.0 ; python_version < '3' {HASH}\nengine==2.0 ; python_version >= '3' {HASH}\n",
            [],
            id="twice for different interpreters is good",
        ),
    ],
)
def test_a_bad_line_of_a_lock_is_told(text: str, faults: list[str]) -> None:
    assert locks.read_lock(text, "lock")[1] == faults


@pytest.mark.parametrize(
    ("installed", "faults"),
    [
        pytest.param({"engine": "2.5", "pip": "1"}, [], id="as locked"),
        pytest.param({"engine": "2.4"}, ["installed: engine 2.4, locked 2.5"], id="another version"),
        pytest.param({}, ["installed: engine not at all, locked 2.5"], id="missing"),
        pytest.param(
            {"engine": "2.5", "stray": "1"}, ["installed: stray 1, but in no lock"], id="more than the lock says"
        ),
    ],
)
def test_what_is_installed_otherwise_than_locked_is_told(installed: dict[str, str], faults: list[str]) -> None:
    assert locks.not_as_locked(installed, locks.read_lock(ENGINE, "lock")[0]) == faults


def test_a_pin_for_another_system_need_not_be_installed() -> None:
    pins = locks.read_lock(f"colours==1.0 ; sys_platform == 'nowhere' {HASH}\n", "lock")[0]
    assert locks.not_as_locked({}, pins) == []


@pytest.mark.parametrize(
    ("requires", "faults"),
    [
        pytest.param(["Gear>=1"], [], id="met"),
        pytest.param(["gear>=2"], ["installed: engine needs gear>=2, found 1.5"], id="too old"),
        pytest.param(["shaft"], ["installed: engine needs shaft, found none"], id="missing"),
        pytest.param(['shaft; extra == "fast"'], [], id="of an extra nobody asked for"),
    ],
)
def test_an_unmet_requirement_of_an_installed_distribution_is_told(requires: list[str], faults: list[str]) -> None:
    assert locks.broken({"engine": requires}, {"engine": "1", "gear": "1.5"}) == faults


def test_our_own_locks_and_this_environment_pass() -> None:
    run = subprocess.run([sys.executable, ROOT / ".ci" / "locks.py"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("locks: ")
    assert run.stdout.endswith(" distributions, all pinned\n")
