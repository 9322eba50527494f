/** The webviews: bars of outcomes, drawings. */

import * as path from "node:path";
import * as vscode from "vscode";
import { csv, type Histogram } from "./histogram";
import { escaped, page } from "./page";
import DRAWING from "./webview/drawing.css";
import HISTOGRAM from "./webview/histogram.css";

/** What a page tells the extension. */
interface Said {
  readonly type: "ready" | "copy" | "again" | "save";
}

/** A panel that is used again for what has the same key. */
class Panels implements vscode.Disposable {
  private readonly open = new Map<string, vscode.WebviewPanel>();

  constructor(
    private readonly kind: string,
    private readonly folder: vscode.Uri,
  ) {}

  dispose(): void {
    for (const panel of this.open.values()) panel.dispose();
  }

  /** The panel of a key, and whether it was there. */
  get(key: string, title: string): vscode.WebviewPanel {
    const known = this.open.get(key);
    if (known !== undefined) {
      known.title = title;
      known.reveal(undefined, true);
      return known;
    }
    const panel = vscode.window.createWebviewPanel(
      this.kind,
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [this.scripts] },
    );
    this.open.set(key, panel);
    panel.onDidDispose(() => this.open.delete(key));
    return panel;
  }

  get scripts(): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, "dist", "webview");
  }
}

export class Views implements vscode.Disposable {
  private readonly histograms: Panels;
  private readonly drawings: Panels;
  private readonly listeners = new Map<vscode.WebviewPanel, vscode.Disposable>();
  /** What is shown, for tests: the last one. */
  last: { kind: "histogram" | "drawing"; title: string; html: string } | null = null;

  constructor(folder: vscode.Uri) {
    this.histograms = new Panels("qbc.histogram", folder);
    this.drawings = new Panels("qbc.drawing", folder);
  }

  dispose(): void {
    this.histograms.dispose();
    this.drawings.dispose();
  }

  /** Bars of outcomes. `again` runs the program once more. */
  histogram(uri: vscode.Uri, found: Histogram, again: () => void): void {
    const panel = this.histograms.get(uri.toString(), found.title);
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(this.histograms.scripts, "histogram.js"));
    this.listen(panel, (said) => {
      if (said.type === "ready") void panel.webview.postMessage({ type: "show", histogram: found });
      if (said.type === "copy") void vscode.env.clipboard.writeText(csv(found));
      if (said.type === "again") again();
    });
    const html = page({
      title: found.title,
      style: HISTOGRAM,
      script: script.toString(),
      images: false,
      body: `<main id="main" aria-live="polite"></main>`,
    });
    panel.webview.html = html;
    this.last = { kind: "histogram", title: found.title, html };
  }

  /** A drawing, as a picture: what may stand in an SVG is never part of the page. */
  drawing(key: string, title: string, svg: string, file: string): void {
    const panel = this.drawings.get(key, title);
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(this.drawings.scripts, "drawing.js"));
    this.listen(panel, (said) => {
      if (said.type === "save") void save(svg, file);
    });
    const data = Buffer.from(svg, "utf-8").toString("base64");
    const html = page({
      title,
      style: DRAWING,
      script: script.toString(),
      images: true,
      body: `<nav aria-label="Drawing">
<button id="smaller" title="Smaller" aria-label="Smaller">−</button>
<output id="scale" aria-live="polite">100 %</output>
<button id="larger" title="Larger" aria-label="Larger">+</button>
<button id="fit">Fit</button>
<button id="save">Save as SVG…</button>
</nav>
<div id="paper" tabindex="0" role="region" aria-label="${escaped(title)}">
<img id="drawing" alt="${escaped(title)}" src="data:image/svg+xml;base64,${data}">
</div>`,
    });
    panel.webview.html = html;
    this.last = { kind: "drawing", title, html };
  }

  private listen(panel: vscode.WebviewPanel, heard: (said: Said) => void): void {
    this.listeners.get(panel)?.dispose();
    this.listeners.set(panel, panel.webview.onDidReceiveMessage(heard));
  }
}

async function save(svg: string, file: string): Promise<void> {
  const beside = vscode.Uri.file(
    path.join(path.dirname(file), `${path.basename(file).split(".")[0] ?? "circuit"}.svg`),
  );
  const target = await vscode.window.showSaveDialog({ defaultUri: beside, filters: { SVG: ["svg"] } });
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, Buffer.from(svg, "utf-8"));
}
