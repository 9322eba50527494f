"""Detect another file or package that Python imports in place of one of QBC's packages.

QBC's packages have general names. A ``vm.py`` beside a script, or another distribution that installs ``sigma`` into the
same environment, would otherwise end in an error that names neither."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_HOME: Final = Path(__file__).parent.parent
_DISTRIBUTION: Final = "qbcc"
_COMMANDS: Final = ("qbc", "qbcc", "qbc-lsp")
_MARK: Final = b"QBC"
"""A word in the docstring of each of our packages' ``__init__.py``."""


def check(names: tuple[str, ...] = ("vm", "sigma")) -> None:
    """Raise :class:`ImportError` if Python finds something else under one of our packages' names.

    In a process of one of our commands the message is the whole output, with exit status 1."""
    for name in names:
        found = complaint(name)
        if found is None:
            continue
        if Path(sys.argv[0]).stem in _COMMANDS:
            sys.exit(f"error: {found}")
        raise ImportError(found, name=name)


def complaint(name: str) -> str | None:
    """Return what hides our package ``name`` and what to do, or None if Python finds ours."""
    ours = _HOME / name / "__init__.py"
    found = _origin(name)
    if found is None or not ours.exists():
        return f"the package '{name}' of qbcc is missing from '{_HOME}': install qbcc again"
    if not _is_same(found, ours):
        return (
            f"'{found}' hides the package '{name}' of qbcc in '{_HOME}': "
            "rename it, or start Python where it is not on the module search path"
        )
    if not _is_ours(ours):
        return (
            f"{_other(name)} has replaced the package '{name}' of qbcc in '{_HOME}': "
            f"install qbcc in its own environment, for example with pipx"
        )
    return None


def _origin(name: str) -> Path | None:
    """Return the file, or for a package without ``__init__.py`` the folder, that ``import name`` loads."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None) if module is not None else find_spec(name)
    if spec is None:
        file = getattr(module, "__file__", None)
        return Path(file) if file else None
    if spec.has_location and spec.origin:
        return Path(spec.origin)
    return next((Path(folder) for folder in spec.submodule_search_locations or ()), None)


def _is_same(found: Path, ours: Path) -> bool:
    try:
        return found.samefile(ours)
    except OSError:
        return False


def _is_ours(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return _MARK in stream.readline()
    except OSError:
        return False


def _other(name: str) -> str:
    """Name the distributions that install a package of this name beside ours."""
    from importlib.metadata import packages_distributions

    others = sorted({found for found in packages_distributions().get(name, ()) if found != _DISTRIBUTION})
    return f"the distribution {' or '.join(map(repr, others))}" if others else "another distribution"
