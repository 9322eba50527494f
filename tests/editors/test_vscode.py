"""VS Code in a browser, with the extension as it is packed: what a user does, and what is seen."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.editors.codeserver import EXTENSION, HOST_TESTS, code_server, needs_code_server
from tests.editors.programs import CIRCUIT, QBC, SIGMA
from tests.editors.support import needs, processes, wait
from tests.editors.workbench import Workbench, browser

BELL = """\
// A Bell pair: both qubits always agree.
gate bell(a: qubit, b: qubit) {
    h(a);
    cx(a, b);
}

fn main() {
    let q = qubits(2);
    bell(q[0], q[1]);
    let first = measure(q[0]);
    let second = measure(q[1]);
    record("first", first);
    record("second", second);
    print("{first} and {second}");
}
"""
GHZ = """\
/// Entangles all of them: |0…0⟩ + |1…1⟩.
gate ghz(q: [qubit]) {
    h(q[0]);
    for i in 1..len(q) {
        cx(q[0], q[0]);
    }
}

fn main() {
    let q = qubits(3);
    ghz(q);
    record("first", measure(q[0]));
    record("second", measure(q[1]));
    record("third", measure(q[2]));
}
"""
FILES = {"bell.sigma": BELL, "ghz.sigma": GHZ, "twice.sigma": SIGMA, "double.qbc": QBC, "circuit.sigma.json": CIRCUIT}
HOST = 240
"""Seconds for all tests in the extension host."""
MOST_FAILED = 3
pytestmark = pytest.mark.timeout(600)


def test_vscode(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """One server and one window for all: what is long is to start them."""
    needs("node", "chromium", "rg")
    needs_code_server()
    results = tmp_path / "results.tap"
    with (
        processes(tmp_path / "home", QBC_TEST_RESULTS=str(results)) as environment,
        code_server(tmp_path, environment) as address,
        browser(environment) as page,
    ):
        folder = programs(Path(environment["TMPDIR"]))
        window = Workbench(page, address, folder)
        for step in STEPS:
            with subtests.test(step.__name__), window.on_failure(step.__name__):
                step(window)
            assert window.failed < MOST_FAILED, "the rest would only wait in vain"
        with subtests.test("extension host"), window.on_failure("extension_host"):
            window.run_tests(EXTENSION, HOST_TESTS)
            said = wait("the last result", lambda: ended(results), HOST)
            assert "not ok" not in said, said


def ended(results: Path) -> str | None:
    """What the tests in the extension host say, once they have ended."""
    said = results.read_text("utf-8") if results.exists() else ""
    return said if re.search(r"^1\.\.[1-9]", said, re.MULTILINE) else None


def programs(parent: Path) -> Path:
    """A folder with an environment in it that has the toolchain, as the extension finds it."""
    folder = parent / "programs"
    folder.mkdir()
    (folder / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def colours(window: Workbench) -> None:
    window.open("bell.sigma")
    words = ("// A Bell", "gate", "bell", "qubit", "2", '"first"')
    wait("colours", lambda: len({window.place(word).colour for word in words}) >= 5)
    window.picture("colours")


def error(window: Workbench) -> None:
    window.open("ghz.sigma")
    window.squiggle("error").wait_for()
    window.point("q", 6)
    window.hover("'cx' takes different qubits, and q[0] is there twice")
    window.hover_settles()
    window.picture("error")
    window.click("q[0]", 3)
    window.press("Control+D")
    window.type("i")
    window.squiggle("error").wait_for(state="detached")
    window.save()
    assert "cx(q[0], q[i]);" in window.read("ghz.sigma")


def error_behind_a_character_of_two_units(window: Workbench) -> None:
    window.open("twice.sigma")
    window.squiggle("error").wait_for()
    box = window.squiggle("error").bounding_box()
    place = window.place("twise")
    assert box is not None
    assert abs(box["x"] - place.left) < 2
    assert abs(box["x"] + box["width"] - place.right) < 2


def fix(window: Workbench) -> None:
    window.open("twice.sigma")
    window.squiggle("error").wait_for()
    window.click("twise")
    window.press("Control+.")
    window.page.locator(".action-widget").get_by_text("did you mean 'twice'?").wait_for()
    window.picture("fix")
    window.press("Enter")
    window.place("{twice(5)}")
    window.squiggle("error").wait_for(state="detached")
    window.save()


def hover(window: Workbench) -> None:
    window.open("twice.sigma")
    window.point("twice(4")
    window.hover("fn twice(n: int) -> int")
    window.hover("Two of them.")
    window.picture("hover")


def definition(window: Workbench) -> None:
    window.open("twice.sigma")
    window.click("twice(4")
    window.press("F12")
    window.page.locator(".statusbar-item").get_by_text("Ln 2, Col 4", exact=True).wait_for()


def rename(window: Workbench) -> None:
    window.open("twice.sigma")
    window.click("twice(4")
    window.press("F2")
    box = window.page.locator(".rename-box input")
    box.wait_for()
    assert box.input_value() == "twice"
    window.picture("rename")
    box.fill("doubled")
    window.press("Enter")
    window.place("fn doubled(n: int)")
    window.place('{doubled(4)} {doubled(5)}"')
    window.save()


def layout(window: Workbench) -> None:
    window.open("twice.sigma")
    window.click("print")
    window.press("Control+Shift+I")
    window.place("    print(")
    window.save()
    assert '\n    print("😀 {doubled(4)} {doubled(5)}");\n' in window.read("twice.sigma")


def completion(window: Workbench) -> None:
    window.open("twice.sigma")
    window.click("print")
    window.press("Control+Shift+Enter")
    window.type("re")
    window.press("Control+Space")
    offered = window.page.locator(".suggest-widget.visible .monaco-list-row")
    for word in ("record", "reset", "return"):
        offered.filter(has_text=word).first.wait_for()
    window.picture("completion")
    window.press("Escape")
    window.command("File: Revert File")


def run(window: Workbench) -> None:
    window.open("bell.sigma")
    window.page.locator(".editor-actions .action-label[aria-label^='Run']").first.click()
    wait("the output", lambda: re.search(r"^(true|false) and \1$", window.terminal(), re.MULTILINE))
    window.picture("run")
    window.press("Control+J")


def shots(window: Workbench) -> None:
    window.open("ghz.sigma")
    window.command("QBC: Run with Shots…")
    box = window.page.locator(".quick-input-widget input")
    wait("the question", lambda: box.input_value() == "1000")
    window.press("Enter")
    view = window.webview("tbody tr")
    assert sorted(view.locator("tbody th").all_inner_texts()) == ["000", "111"]
    counts = [int(text) for text in view.locator("tbody td.number:nth-of-type(1)").all_inner_texts()]
    assert sum(counts) == 1000
    window.picture("shots")


def disassembly(window: Workbench) -> None:
    window.open("bell.sigma")
    window.command("QBC: Show Disassembly")
    window.page.locator(".view-line").filter(has_text="QCX").first.wait_for()
    window.picture("disassembly")


def circuit(window: Workbench) -> None:
    window.open("ghz.sigma")
    window.command("QBC: Show Circuit")
    drawing = window.webview("#drawing").locator("#drawing")
    wait("the drawing", lambda: drawing.evaluate("each => each.naturalWidth") > 100)
    window.picture("circuit")


def assembly(window: Workbench) -> None:
    window.open("double.qbc")
    window.squiggle("error").wait_for()
    words = ("main", "QMOV", "r1", "6", "; r1")
    wait("colours", lambda: len({window.place(word).colour for word in words}) >= 4)
    window.click("QMUV")
    window.press("Control+.")
    window.page.locator(".action-widget").get_by_text("QMUL").wait_for()
    window.press("Enter")
    window.squiggle("error").wait_for(state="detached")
    window.point("QADD")
    window.hover("d ← a + b")
    window.picture("assembly")
    window.press("Control+Shift+I")
    window.place("    QADD r1, r1")
    window.save()
    assert "\n    QADD r1, r1\n" in window.read("double.qbc")


def circuit_in_json(window: Workbench) -> None:
    window.open("circuit.sigma.json")
    window.squiggle("error").wait_for()
    # The lenses come after the error and push the line down.
    window.page.locator(".codelens-decoration").get_by_text("circuit").first.wait_for()
    window.point("hh")
    window.hover("'hh'")
    window.picture("json")


STEPS = (
    colours,
    error,
    error_behind_a_character_of_two_units,
    fix,
    hover,
    definition,
    rename,
    layout,
    completion,
    run,
    shots,
    disassembly,
    circuit,
    assembly,
    circuit_in_json,
)
