"""Files and packages that Python imports in place of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = "import qbcc\nprint(qbcc.run('main: QMOV r0, 7\\n QSYSCALL 1\\n QHALT\\n').output)\n"


def run(script: Path, *folders: Path) -> subprocess.CompletedProcess[str]:
    """Run a script, our packages found in ``folders`` or else in this project."""
    path = os.pathsep.join(map(str, folders or (ROOT,)))
    return subprocess.run(
        [sys.executable, str(script)],
        cwd=script.parent,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def script(folder: Path, text: str = SCRIPT, name: str = "mine.py") -> Path:
    file = folder / name
    file.write_text(text)
    return file


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages with ours in it, of which single files can be replaced."""
    made = tmp_path / "site"
    made.mkdir()
    (made / "qbcc").symlink_to(ROOT / "qbcc")
    (made / "vm").symlink_to(ROOT / "vm")
    (made / "sigma").mkdir()
    for file in (ROOT / "sigma").iterdir():
        (made / "sigma" / file.name).symlink_to(file)
    # Where qbcc is found says where the others must be: it is imported from here, not from where the link leads.
    return made


def test_nothing_is_hidden(tmp_path: Path) -> None:
    assert run(script(tmp_path)).stdout == "7\n"


@pytest.mark.parametrize("name", ["vm.py", "sigma.py", "vm/__init__.py", "sigma/__init__.py"])
def test_a_file_beside_the_script(tmp_path: Path, name: str) -> None:
    hides = tmp_path / name
    hides.parent.mkdir(exist_ok=True)
    hides.write_text("# something else\n")
    done = run(script(tmp_path))
    package = name.partition("/")[0].removesuffix(".py")
    assert done.returncode == 1
    assert f"ImportError: '{hides}' hides the package '{package}' of qbcc in '{ROOT}': rename it" in done.stderr


def test_a_module_that_was_imported_before(tmp_path: Path) -> None:
    (tmp_path / "vm.py").write_text("")
    done = run(script(tmp_path, "import vm\n" + SCRIPT))
    assert f"ImportError: '{tmp_path / 'vm.py'}' hides the package 'vm'" in done.stderr


def test_another_distribution_in_the_same_environment(tmp_path: Path, site: Path) -> None:
    (site / "sigma" / "__init__.py").unlink()
    (site / "sigma" / "__init__.py").write_text('"""Detection rules."""\n')
    done = run(script(tmp_path), site)
    assert f"another distribution has replaced the package 'sigma' of qbcc in '{site}'" in done.stderr
    info = site / "pysigma-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pySigma\nVersion: 1.0\n")
    (info / "RECORD").write_text("sigma/__init__.py,,\n")
    done = run(script(tmp_path), site)
    assert "the distribution 'pySigma' has replaced the package 'sigma' of qbcc" in done.stderr


def test_a_package_of_ours_that_is_missing(tmp_path: Path, site: Path) -> None:
    (site / "vm").unlink()
    done = run(script(tmp_path), site)
    assert "the package 'vm' of qbcc is missing from" in done.stderr


def test_commands_print_one_line(tmp_path: Path) -> None:
    (tmp_path / "vm.py").write_text("")
    command = script(tmp_path, "from qbcc.cli.start import qbc\nqbc()\n", "qbc")
    done = run(command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


def test_pytest_runs_in_a_project_that_has_such_a_file(tmp_path: Path) -> None:
    (tmp_path / "vm.py").write_text("NUMBER = 5\n")
    script(tmp_path, "import vm\n\ndef test_it():\n    assert vm.NUMBER == 5\n", "test_it.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    # The plug-in is imported first, for environments where it is not installed.
    run_pytest = "import sys, pytest, qbcc.pytest_plugin\nsys.exit(pytest.main(['-q', 'test_it.py']))\n"
    done = run(script(tmp_path, run_pytest, "run.py"))
    assert "1 passed" in done.stdout, done.stdout + done.stderr
