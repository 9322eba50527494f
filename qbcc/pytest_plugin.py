"""pytest runs programs that say in comments what they do, as ``qbc test`` does.

Only those that somebody asked for: by name on the command line, or by the patterns of the option ``qbc_files`` in the
project's settings for pytest (``qbc_files = examples/*.sigma``, from the root folder on, ``*`` across folders too).
Each case is a test."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    # Every run of pytest in this environment imports the plug-in: what it needs is imported where a program is met.
    from qbcc.testing.cases import Case
    from qbcc.testing.suite import CaseResult, Suite


def pytest_addoption(parser: pytest.Parser) -> None:
    """Bring the option."""
    parser.addini("qbc_files", "patterns of programs to run as tests, from the root folder on", type="args", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A program that was asked for."""
    is_named = parent.session.isinitpath(file_path)
    if not (is_named or _is_listed(file_path, parent.config)) or not _is_program(file_path):
        return None
    made: ProgramFile = ProgramFile.from_parent(parent, path=file_path)
    return made if is_named or not made.suite.says_nothing else None


def _is_listed(path: Path, config: pytest.Config) -> bool:
    patterns = config.getini("qbc_files")
    if not patterns or not path.is_relative_to(config.rootpath):
        return False
    name = path.relative_to(config.rootpath).as_posix()
    return any(fnmatch(name, pattern) for pattern in patterns)


def _is_program(path: Path) -> bool:
    if path.suffix == ".py":
        # Most of what pytest meets, also in projects that have a ``vm.py`` of their own: nothing of ours is imported.
        return False
    from qbcc.frontends import endings
    from qbcc.testing.suite import OWN

    return path.name.endswith((OWN, *(f".{ending}" for ending in endings())))


class ProgramFile(pytest.File):
    """A program with its cases."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        from qbcc.testing.suite import Settings, open_suite

        self.suite: Suite = open_suite(_shown(self.path), Settings())

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each case."""
        if self.suite.diagnostics:
            from qbcc.testing import report

            raise self.CollectError(report.details(self.suite, ()))
        for number, case in enumerate(self.suite.cases):
            name = case.name or (self.path.stem if len(self.suite.cases) == 1 else str(number))
            yield CaseItem.from_parent(self, name=name, case=case)


def _shown(path: Path) -> str:
    """As somebody would write it who stands in the current folder."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


class NotAsExpected(Exception):
    """A case failed; the argument is its result."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__(result)
        self.result = result


class CaseItem(pytest.Item):
    """One case of a program."""

    def __init__(self, *, case: Case, **settings: Any) -> None:
        super().__init__(**settings)
        self.case = case
        # Of a test that is no function, other plug-ins ask for it all the same: pytest-lsp fails where there is none.
        self.funcargs: dict[str, Any] = {}

    def runtest(self) -> None:
        """Run it and compare."""
        assert isinstance(self.parent, ProgramFile)
        result = self.parent.suite.run(self.case)
        if not result.is_passed:
            raise NotAsExpected(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What ``qbc test`` shows."""
        if isinstance(excinfo.value, NotAsExpected):
            from qbcc.testing import report

            return report.case(excinfo.value.result)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where its expectations begin."""
        return self.path, self.case.span.line - 1, self.name
