"""The locks satisfy pyproject.toml, and what is installed is what they say; looks at files only, never at the network.

Prints `locks: N distributions, all pinned`, or every fault, one a line, and then exits 1.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent

# pip and setuptools come with the virtual environment itself; the project is installed from its own tree.
NOT_LOCKED = frozenset({"pip", "setuptools", "treatywatch"})

_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
_ADDRESS = re.compile(
    r"\w+://|(?:^|\s)(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b|\s@\s|(?:^|\s)-e\b"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of a lock, put together again: a distribution, its version, and where it is wanted."""

    name: str  # canonical
    requirement: Requirement
    version: Version

    @property
    def wanted_here(self) -> bool:
        """True where its marker holds in this interpreter."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


Lock = Mapping[str, Pin]  # by canonical name


def read_lock(text: str, where: str) -> tuple[dict[str, Pin], list[str]]:
    """The pins of a lock, and what is wrong with its lines."""
    pins: dict[str, Pin] = {}
    faults = [
        f"{where}: an address of an index or a file: {line}" for line in text.splitlines() if _ADDRESS.search(line)
    ]
    for line in text.replace("\\\n", " ").splitlines():
        wanted = line.split(" --hash=")[0].strip()
        if not wanted or wanted.startswith(("#", "-")) or _ADDRESS.search(line):
            continue
        pin = _pin(wanted)
        if pin is None:
            faults.append(f"{where}: not pinned to one version: {wanted}")
            continue
        if not _HASH.search(line) or line.count("--hash=") != len(_HASH.findall(line)):
            faults.append(f"{where}: {pin.name} has no sha256 hash, or one that is none")
        other = pins.get(pin.name)
        if other and not (pin.requirement.marker and other.requirement.marker):
            faults.append(f"{where}: {pin.name} stands there twice")
        # A universal lock may pin one distribution twice, for different interpreters: ours is the one that counts.
        if other is None or pin.wanted_here:
            pins[pin.name] = pin
    return pins, faults


def _pin(wanted: str) -> Pin | None:
    try:
        requirement = Requirement(wanted)
    except InvalidRequirement:
        return None
    specifiers = list(requirement.specifier)
    if len(specifiers) != 1 or specifiers[0].operator != "==" or "*" in specifiers[0].version:
        return None
    return Pin(canonicalize_name(requirement.name), requirement, Version(specifiers[0].version))


def unmet(requirements: Iterable[str], lock: Lock, where: str) -> list[str]:
    """Requirements that the lock does not pin, or pins to a version outside their bounds."""
    faults = []
    for requirement in map(Requirement, requirements):
        pin = lock.get(canonicalize_name(requirement.name))
        if pin is None:
            faults.append(f"{where}: {requirement} is not pinned")
        elif not requirement.specifier.contains(pin.version, prereleases=True):
            faults.append(f"{where}: {pin.name}=={pin.version} is outside {requirement.specifier}")
    return faults


def differing(small: Lock, large: Lock, names: str) -> list[str]:
    """Pins of the small lock that the large one lacks, or has in another version."""
    faults = []
    for name, pin in sorted(small.items()):
        other = large.get(name)
        if other is None or other.version != pin.version:
            faults.append(
                f"{names}: {name}=={pin.version} in the first, {other.version if other else 'none'} in the second"
            )
    return faults


def not_as_locked(installed: Mapping[str, str], lock: Lock) -> list[str]:
    """Distributions that are installed otherwise than pinned: another version, none, or more than the lock."""
    wanted = {name: pin for name, pin in lock.items() if pin.wanted_here}
    return [
        *(
            f"installed: {name} {installed.get(name, 'not at all')}, locked {pin.version}"
            for name, pin in sorted(wanted.items())
            if name not in installed or Version(installed[name]) != pin.version
        ),
        *(
            f"installed: {name} {version}, but in no lock"
            for name, version in sorted(installed.items())
            if name not in wanted and name not in NOT_LOCKED
        ),
    ]


def broken(requires: Mapping[str, list[str]], installed: Mapping[str, str]) -> list[str]:
    """Requirements of installed distributions that are not met, as `pip check` would say."""
    environment = {**{key: str(value) for key, value in default_environment().items()}, "extra": ""}
    faults = []
    for name, lines in sorted(requires.items()):
        for requirement in map(Requirement, lines):
            if requirement.marker is not None and not requirement.marker.evaluate(environment):
                continue
            version = installed.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                faults.append(f"installed: {name} needs {requirement}, found {version or 'none'}")
    return faults


def check(pyproject: str, locks: Mapping[str, str]) -> tuple[int, list[str]]:
    """How many distributions are locked in all, and every fault of the files; `locks`: run, dev, build → text."""
    data = tomllib.loads(pyproject)
    project = data["project"]
    pins: dict[str, dict[str, Pin]] = {}
    faults: list[str] = []
    for name, text in locks.items():
        pins[name], wrong = read_lock(text, f"locks/{name}.txt")
        faults += wrong
    faults += unmet(project["dependencies"], pins["run"], "locks/run.txt")
    faults += unmet(project["dependencies"], pins["dev"], "locks/dev.txt")
    for extra, wanted in project["optional-dependencies"].items():
        for name in ("dev",) if extra == "dev" else ("run", "dev"):  # all but the tools run in production too
            faults += unmet(wanted, pins[name], f"locks/{name}.txt")
    faults += unmet(data["build-system"]["requires"], pins["build"], "locks/build.txt")
    faults += differing(pins["run"], pins["dev"], "run and dev")
    faults += differing(pins["build"], pins["dev"], "build and dev")
    return len(set().union(*pins.values())), faults


def main() -> int:
    """Check the files of this checkout and the environment this runs in."""
    locks = {name: (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8") for name in ("run", "dev", "build")}
    count, faults = check((ROOT / "pyproject.toml").read_text(encoding="utf-8"), locks)
    here = {_name(one): one for one in distributions()}
    installed = {name: one.version for name, one in here.items()}
    everything = {**read_lock(locks["dev"], "")[0], **read_lock(locks["build"], "")[0]}
    faults += not_as_locked(installed, everything)
    faults += broken({name: one.requires or [] for name, one in here.items()}, installed)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    print(f"locks: {count} distributions, all pinned")
    return 0


def _name(distribution: Distribution) -> str:
    return canonicalize_name(distribution.metadata["Name"])


if __name__ == "__main__":
    sys.exit(main())
