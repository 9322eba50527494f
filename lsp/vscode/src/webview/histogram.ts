/** The page with the bars: a table, since that is what it is to who does not see it. */

import { type Histogram, type Key, length, type Outcome, percent, sorted, summary } from "../histogram";

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

/** Rows that are made at first: thousands of bars help nobody, and take their time. */
const FIRST = 256;
const editor = acquireVsCodeApi();
const order: { key: Key; descending: boolean; all: boolean } = { key: "count", descending: true, all: false };

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
  ...inside: Node[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...inside);
  return made;
}

function button(text: string, pressed: () => void): HTMLButtonElement {
  const made = element("button", text);
  made.type = "button";
  made.addEventListener("click", pressed);
  return made;
}

function heading(text: string, key: Key, histogram: Histogram): HTMLTableCellElement {
  const chosen = order.key === key;
  const mark = chosen ? (order.descending ? " ▾" : " ▴") : "";
  const cell = element(
    "th",
    "",
    button(text + mark, () => {
      order.descending = chosen ? !order.descending : key === "count";
      order.key = key;
      show(histogram);
      document.querySelector<HTMLButtonElement>(`th[data-key=${key}] button`)?.focus();
    }),
  );
  cell.scope = "col";
  cell.dataset.key = key;
  cell.ariaSort = chosen ? (order.descending ? "descending" : "ascending") : "none";
  return cell;
}

function row(outcome: Outcome, histogram: Histogram): HTMLTableRowElement {
  const name = element("th", outcome.trap === null ? outcome.label : `${outcome.label} (${outcome.trap})`);
  name.scope = "row";
  const count = element("td", outcome.count.toLocaleString("en"));
  const share = element("td", percent(outcome));
  count.className = share.className = "number";
  const bar = element("div", "");
  bar.className = "bar";
  bar.ariaHidden = "true";
  // Styles that stand in the text are not allowed by the page's policy; this is.
  bar.style.width = `${100 * length(outcome, histogram.outcomes)}%`;
  const wide = element("td", "", bar);
  wide.className = "wide";
  const made = element("tr", "", name, count, share, wide);
  if (outcome.trap !== null) made.className = "trapped";
  return made;
}

function show(histogram: Histogram): void {
  const rows = sorted(histogram.outcomes, order.key, order.descending);
  const shown = order.all ? rows : rows.slice(0, FIRST);
  const empty = element("th", "");
  empty.scope = "col";
  empty.ariaLabel = "Bar";
  const head = element(
    "tr",
    "",
    heading("Outcome", "label", histogram),
    heading("Count", "count", histogram),
    element("th", "Share"),
    empty,
  );
  const names = histogram.names.length > 0 ? `Outcomes are the values of: ${histogram.names.join(", ")}` : "";
  const table = element(
    "table",
    "",
    element("caption", names),
    element("thead", "", head),
    element("tbody", "", ...shown.map((each) => row(each, histogram))),
  );
  const parts: Node[] = [
    element("h1", histogram.title),
    element("p", `${summary(histogram)}; ${histogram.seconds.toFixed(2)} s, seed ${histogram.seed}`),
    button("Run again", () => {
      editor.postMessage({ type: "again" });
    }),
    button("Copy as CSV", () => {
      editor.postMessage({ type: "copy" });
    }),
    table,
  ];
  if (shown.length < rows.length) {
    parts.push(
      button(`Show ${(rows.length - shown.length).toLocaleString("en")} more`, () => {
        order.all = true;
        show(histogram);
      }),
    );
  }
  document.getElementById("main")?.replaceChildren(...parts);
}

window.addEventListener("message", (event: MessageEvent<{ type: string; histogram: Histogram }>) => {
  if (event.data.type === "show") show(event.data.histogram);
});
editor.postMessage({ type: "ready" });
