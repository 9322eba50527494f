"""``qbcc fmt`` and ``qbcc lint`` from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import call, put

UGLY = 'fn main(){print("!");}\n'
TIDY = 'fn main() { print("!"); }\n'
UNUSED = "fn main() {\n    var x = 3;\n    let y = x;\n}\n"


def test_fmt_writes_what_it_must(tmp_path: Path) -> None:
    path = put(tmp_path, "a.sigma", UGLY)
    path.chmod(0o640)
    put(tmp_path, "b.sigma", TIDY)
    before = (tmp_path / "b.sigma").stat()
    checked = call("qbcc", "fmt", "--check", "a.sigma", "b.sigma", cwd=tmp_path)
    assert (checked.returncode, checked.stdout) == (1, b"a.sigma\n")
    assert path.read_text() == UGLY
    done = call("qbcc", "fmt", "a.sigma", "b.sigma", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert path.read_text() == TIDY
    assert path.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "b.sigma").stat().st_ino == before.st_ino
    assert call("qbcc", "fmt", "--check", "a.sigma", "b.sigma", cwd=tmp_path).returncode == 0


def test_fmt_shows_a_difference(tmp_path: Path) -> None:
    put(tmp_path, "a.sigma", UGLY)
    done = call("qbcc", "fmt", "--diff", "a.sigma", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.decode() == f"--- a.sigma\n+++ a.sigma (formatted)\n@@ -1 +1 @@\n-{UGLY}+{TIDY}"
    assert call("qbcc", "fmt", "--diff", "--check", "a.sigma", cwd=tmp_path).returncode == 1
    assert (tmp_path / "a.sigma").read_text() == UGLY


OLD = 'fn main() {\n    var n = 9; // 2\n    n //= 2;\n    print("{n//2} // {{n // 2}}");\n}\n'
NEW = 'fn main() {\n    var n = 9; // 2\n    n div= 2;\n    print("{n div 2} // {{n // 2}}");\n}\n'


def test_fmt_migrates(tmp_path: Path) -> None:
    """It rewrites divisions and nothing else, says how many, and then the program runs."""
    (tmp_path / "sub").mkdir()
    put(tmp_path, "sub/a.sigma", OLD)
    put(tmp_path, "sub/b.sigma", "fn main() { let x = 1; // 2\n}\n")
    put(tmp_path, "c.qbc", "main: QRET\n")
    checked = call("qbcc", "fmt", "--migrate", "--check", ".", cwd=tmp_path)
    assert (checked.returncode, checked.stdout) == (1, b"sub/a.sigma\n")
    shown = call("qbcc", "fmt", "--migrate", "--diff", "sub/a.sigma", cwd=tmp_path)
    assert b"-    n //= 2;\n" in shown.stdout
    assert b"+    n div= 2;\n" in shown.stdout
    done = call("qbcc", "fmt", "--migrate", "sub", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"sub/a.sigma: 2 divisions written 'div'\n")
    assert (tmp_path / "sub" / "a.sigma").read_text("utf-8") == NEW
    again = call("qbcc", "fmt", "--migrate", ".", cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (0, b"", b"")
    assert call("qbc", "run", "sub/a.sigma", cwd=tmp_path).stdout == b"2 // {n // 2}\n"
    done = call("qbcc", "fmt", "--migrate", "-", "--stdin-name", "x.sigma", cwd=tmp_path, stdin=OLD.encode())
    assert done.stdout == NEW.encode()
    refused = call("qbcc", "fmt", "--migrate", "c.qbc", cwd=tmp_path)
    assert refused.returncode == 1
    assert b"error[E0810]: there is no migration for .qbc files" in refused.stderr
    put(tmp_path, "broken.sigma", "fn main() { let x = 4 // 2; let }\n")
    refused = call("qbcc", "fmt", "--migrate", "broken.sigma", cwd=tmp_path)
    assert (refused.returncode, b"error[S0105]" in refused.stderr) == (1, True)


def test_fmt_of_standard_input(tmp_path: Path) -> None:
    done = call("qbcc", "fmt", "-", "--stdin-name", "x.sigma", cwd=tmp_path, stdin=UGLY.replace("\n", "\r\n").encode())
    assert (done.returncode, done.stdout) == (0, TIDY.replace("\n", "\r\n").encode())
    assert call("qbcc", "fmt", "-", cwd=tmp_path, stdin=b"").returncode == 2
    done = call("qbcc", "fmt", "-", "--stdin-name", "x.qbc", cwd=tmp_path, stdin=b"main: qret")
    assert (done.returncode, done.stdout) == (0, b"main:\n    QRET\n")
    done = call("qbcc", "fmt", "-", "--stdin-name", "x.qbc", "--diff", "--check", cwd=tmp_path, stdin=b"qret\n")
    assert (done.returncode, done.stdout) == (1, b"--- x.qbc\n+++ x.qbc (formatted)\n@@ -1 +1 @@\n-qret\n+    QRET\n")


def test_folders_are_walked(tmp_path: Path) -> None:
    for folder in ("one/two", ".hidden"):
        (tmp_path / folder).mkdir(parents=True)
        put(tmp_path / folder, "a.sigma", UGLY)
    put(tmp_path, "c.qbc", "main: QRET\n")
    put(tmp_path, "d.txt", "")
    done = call("qbcc", "fmt", "--check", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"c.qbc\none/two/a.sigma\n")


def test_errors_leave_a_source_alone(tmp_path: Path) -> None:
    put(tmp_path, "bad.sigma", "fn main( {\n")
    put(tmp_path, "good.sigma", UGLY)
    put(tmp_path, "latin.sigma", "").write_bytes(b"// \xff\n")
    put(tmp_path, "bad.qbc", "main: QADD (\n")
    put(tmp_path, "good.qbc", "main:qret;end\r\n")
    put(tmp_path, "a.txt", "main: QRET\n")
    names = ("bad.sigma", "latin.sigma", "bad.qbc", "a.txt", "none.sigma", "good.sigma", "good.qbc")
    done = call("qbcc", "fmt", *names, cwd=tmp_path)
    assert done.returncode == 1
    missing = b"error[E0810]: there is no formatter for .txt files yet: 'a.txt'"
    for words in (b"S0105", b"E0505", b"E0105", missing, b".qbc and .sigma", b"E0501"):
        assert words in done.stderr, words
    assert (tmp_path / "bad.qbc").read_text() == "main: QADD (\n"
    assert (tmp_path / "good.qbc").read_bytes() == b"main:\r\n    QRET                           ;end\r\n"
    assert (tmp_path / "bad.sigma").read_text() == "fn main( {\n"
    assert (tmp_path / "good.sigma").read_text() == TIDY


def test_links_are_not_written_over(tmp_path: Path) -> None:
    put(tmp_path, "a.sigma", UGLY)
    (tmp_path / "link.sigma").symlink_to("a.sigma")
    done = call("qbcc", "fmt", "link.sigma", cwd=tmp_path)
    assert done.returncode == 1
    assert b"is a link" in done.stderr
    assert (tmp_path / "a.sigma").read_text() == UGLY


def test_lint_tells_and_fixes(tmp_path: Path) -> None:
    put(tmp_path, "a.sigma", UNUSED)
    done = call("qbcc", "lint", "a.sigma", cwd=tmp_path)
    assert done.returncode == 0
    assert b"warning[S0907]: 'x' never changes" in done.stderr
    assert b"warning[S0901]: 'y' is never used" in done.stderr
    assert call("qbcc", "lint", "--strict", "a.sigma", cwd=tmp_path).returncode == 1
    fixed = call("qbcc", "lint", "--fix", "--strict", "a.sigma", cwd=tmp_path)
    assert (fixed.returncode, fixed.stderr) == (0, b"2 fixes written\n")
    assert (tmp_path / "a.sigma").read_text() == "fn main() {\n    let x = 3;\n    let _y = x;\n}\n"


def test_fixes_keep_ends_of_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "a.sigma", "")
    path.write_bytes(b'\xef\xbb\xbfimport "m.sigma";\r\nfn main() { var x = 3; print("{x}"); }\r\n')
    put(tmp_path, "m.sigma", "const N = 3;\n")
    assert call("qbcc", "lint", "--fix", "a.sigma", cwd=tmp_path).returncode == 0
    assert path.read_bytes() == b'\xef\xbb\xbffn main() { let x = 3; print("{x}"); }\r\n'


def test_levels_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    put(tmp_path / "sub", "a.sigma", UNUSED)
    put(tmp_path, "pyproject.toml", '[tool.qbc.lint]\nS0901 = "error"\nS0907 = "off"\n')
    done = call("qbcc", "lint", "sub", cwd=tmp_path)
    assert done.returncode == 1
    assert b"error[S0901]" in done.stderr
    assert b"S0907" not in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tool.qbc.lint]\nS0999 = "off"\n', b"there is no finding 'S0999'"),
        ('[tool.qbc.lint]\nS0901 = "loud"\n', b"'loud' is no level of S0901"),
        ("[tool.qbc.lint]\nS0901 = 3\n", b"'3' is no level of S0901"),
        ("[tool.qbc.lint]\nS0901 = [3]\n", b"'[3]' is no level of S0901"),
        ("[tool.qbc]\nlint = 3\n", b"[tool.qbc.lint] is no table"),
        ("[tool.qbc\n", b"pyproject.toml"),
    ],
)
def test_settings_that_cannot_be(text: str, words: bytes, tmp_path: Path) -> None:
    put(tmp_path, "a.sigma", UNUSED)
    put(tmp_path, "pyproject.toml", text)
    done = call("qbcc", "lint", "a.sigma", cwd=tmp_path)
    assert done.returncode == 1
    assert b"error[E0811]" in done.stderr
    assert words in done.stderr


def test_lint_as_data(tmp_path: Path) -> None:
    put(tmp_path, "a b.sigma", UNUSED)
    data = json.loads(call("qbcc", "lint", "--json", "a b.sigma", cwd=tmp_path).stdout)
    assert [(found["code"], found["severity"]) for found in data] == [("S0907", "warning"), ("S0901", "warning")]
    log = json.loads(call("qbcc", "lint", "--sarif", "a b.sigma", cwd=tmp_path).stdout)
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["S0907", "S0901"]
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.sigma"
    assert place["region"] == {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 10}
    change = first["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert (change["deletedRegion"]["startColumn"], change["insertedContent"]["text"]) == (5, "let")
    assert (
        json.loads(
            call("qbcc", "lint", "--json", "-", "--stdin-name", "x.sigma", cwd=tmp_path, stdin=b"fn f() { }").stdout
        )
        == []
    )


def test_lint_of_what_is_no_program(tmp_path: Path) -> None:
    put(tmp_path, "bad.sigma", "fn main() { let x: int = 2.5; }\n")
    put(tmp_path, "a.txt", "main: QRET\n")
    done = call("qbcc", "lint", "bad.sigma", "a.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert b"S0301" in done.stderr
    assert b"there is no linter for .txt files yet" in done.stderr
    assert b"S0901" not in done.stderr


def test_the_whole_ending_is_named_where_a_language_has_no_layout(tmp_path: Path) -> None:
    put(tmp_path, "c.sigma.json", "{}")
    put(tmp_path, "none", "")
    said = call("qbcc", "fmt", "c.sigma.json", "none", cwd=tmp_path).stderr
    assert b"there is no formatter for .sigma.json files yet: 'c.sigma.json'" in said
    assert b"there is no formatter for such files yet: 'none'" in said
