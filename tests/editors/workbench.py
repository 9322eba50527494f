"""The workbench of VS Code in a browser: what a user presses, clicks and sees."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tests.editors.codeserver import ROOT
from tests.editors.support import PATIENCE, wait

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PICTURES: Final = ROOT / "build" / "screenshots"
_WIDTH, _HEIGHT = 1000, 520
_BROWSER: Final = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
)
_PLACE: Final = """([text, time]) => {
    const lines = [...document.querySelectorAll(".editor-group-container.active .view-line")]
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
    for (const line of lines) {
        const nodes = [], walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            // Hints stand in the line, and are no text of the file.
            if (!/dyn-rule/.test(walker.currentNode.parentElement.className)) nodes.push(walker.currentNode);
        }
        const whole = nodes.map(node => node.data).join("").replaceAll("\\u00a0", " ");
        for (let at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + 1)) {
            if (--time > 0) continue;
            const end = (offset, isEnd) => {
                for (const node of nodes) {
                    if (offset < node.length || (isEnd && offset === node.length)) return [node, offset];
                    offset -= node.length;
                }
            };
            const range = document.createRange();
            range.setStart(...end(at, false));
            range.setEnd(...end(at + text.length, true));
            const box = range.getBoundingClientRect();
            const colour = getComputedStyle(range.startContainer.parentElement).color;
            return {left: box.left, right: box.right, top: box.top, bottom: box.bottom, colour};
        }
    }
    return null;
}"""


@dataclass(frozen=True)
class Place:
    """Where a text stands on the screen, in its pixels, and its colour as CSS writes it."""

    left: float
    right: float
    top: float
    bottom: float
    colour: str

    @property
    def middle(self) -> tuple[float, float]:
        """Of it."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class Workbench:
    """One window."""

    def __init__(self, page: Page, address: str, folder: Path) -> None:
        self.page = page
        self.address = f"{address}/?folder={folder}"
        self.folder = folder
        self.failed = 0
        """How many steps."""
        page.goto(self.address)
        page.locator(".explorer-folders-view .monaco-list-row").first.wait_for()
        self.press("Control+B")
        page.locator(".explorer-folders-view").wait_for(state="hidden")

    def run_tests(self, extension: Path, tests: Path) -> None:
        """Open it anew with an extension that is being developed, and run tests in its host."""
        remote = "vscode-remote://" + self.address.split("/")[2]
        payload = [["extensionDevelopmentPath", f"{remote}{extension}"], ["extensionTestsPath", f"{remote}{tests}"]]
        self.page.goto(f"{self.address}&payload={quote(json.dumps(payload))}")

    def open(self, name: str) -> None:
        """Open a file of the folder, in place of all that is open."""
        self.command("View: Close All Editors")
        self.page.keyboard.press("Control+P")
        self.page.locator(".quick-input-widget input").fill(name)
        self.page.locator(".quick-input-list .monaco-list-row.focused").get_by_text(name, exact=True).first.wait_for()
        self.page.keyboard.press("Enter")
        self.page.locator(f'.tab.active[data-resource-name="{name}"]').wait_for()
        self.page.locator(".editor-group-container.active .view-line").first.wait_for()
        if not name.endswith(".json"):
            # Lenses move the lines below them, so nothing has its place before.
            self.page.locator(".codelens-decoration a").filter(has_text="Run").first.wait_for()

    def command(self, title: str) -> None:
        """Take a command from the palette."""
        self.page.keyboard.press("F1")
        self.page.locator(".quick-input-widget input").fill(f">{title}")
        self.page.locator(".quick-input-list .monaco-list-row.focused").filter(has_text=title).wait_for()
        self.page.keyboard.press("Enter")
        self.page.locator(".quick-input-list .monaco-list-row.focused").filter(has_text=title).wait_for(state="hidden")

    def place(self, text: str, time: int = 1) -> Place:
        """Where a text of the editor stands."""
        return Place(**wait(f"'{text}' on the screen", lambda: self._place(text, time)))

    def click(self, text: str, time: int = 1) -> None:
        """Put the cursor into a text."""
        self.page.mouse.click(*self.place(text, time).middle)

    def point(self, text: str, time: int = 1) -> None:
        """Put the mouse on a text. Twice, for only what moves is noticed."""
        x, y = self.place(text, time).middle
        self.page.mouse.move(x + 2, y)
        self.page.mouse.move(x, y)

    def press(self, *keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type."""
        self.page.keyboard.type(text)

    def save(self) -> None:
        """Save the file."""
        self.page.keyboard.press("Control+S")
        self.page.locator(".tab.active.dirty").wait_for(state="detached")

    def read(self, name: str) -> str:
        """A file as it is on disk."""
        return (self.folder / name).read_text("utf-8")

    def hover(self, said: str) -> None:
        """Wait for a text in what is said of the place under the mouse."""
        self.page.locator(".monaco-hover:not(.hidden)").get_by_text(said).first.wait_for()

    def hover_settles(self) -> None:
        """Wait until it is known whether there are fixes."""
        self.page.get_by_text("Checking for quick fixes").wait_for(state="hidden")

    def squiggle(self, kind: str) -> Locator:
        """The first line below something wrong."""
        return self.page.locator(f".editor-group-container.active .squiggly-{kind}").first

    def webview(self, content: str) -> Any:
        """The page in a view of an extension, which stands two frames deep."""
        inner = self.page.frame_locator("iframe.webview.ready").frame_locator("iframe#active-frame")
        found = inner.locator(content).first
        found.wait_for()
        return inner

    def terminal(self) -> str:
        """What the terminal shows."""
        rows = self.page.locator(".terminal-wrapper.active .xterm-rows > div").all_inner_texts()
        return "\n".join(row.replace("\u00a0", " ").rstrip() for row in rows).strip()

    def picture(self, name: str) -> None:
        """Keep what is seen."""
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")

    @contextlib.contextmanager
    def on_failure(self, name: str) -> Iterator[None]:
        """Keep what is seen when something fails, and close what it left open."""
        try:
            yield
        except BaseException:
            self.failed += 1
            self.picture(f"failed_{name}")
            self.press("Escape", "Escape")
            raise

    def _place(self, text: str, time: int) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.page.evaluate(_PLACE, [text, time])
        return found


@contextlib.contextmanager
def browser(environment: Mapping[str, str]) -> Iterator[Page]:
    """An empty page."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_BROWSER, env=dict(environment))
        context = chromium.new_context(viewport={"width": _WIDTH, "height": _HEIGHT}, device_scale_factor=2)
        context.set_default_timeout(PATIENCE * 1000)
        try:
            yield context.new_page()
        finally:
            chromium.close()
