/** The page with a drawing: larger, smaller, as wide as the page. */

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const editor = acquireVsCodeApi();
const STEP = 1.25;
let scale = 1;

function drawing(): HTMLImageElement {
  return document.getElementById("drawing") as HTMLImageElement;
}

function set(wanted: number): void {
  scale = Math.min(Math.max(wanted, 0.1), 10);
  drawing().style.width = `${drawing().naturalWidth * scale}px`;
  const output = document.getElementById("scale");
  if (output !== null) output.textContent = `${Math.round(100 * scale)} %`;
}

function fit(): void {
  const paper = document.getElementById("paper");
  if (paper !== null && drawing().naturalWidth > 0) set(Math.min(1, (paper.clientWidth - 24) / drawing().naturalWidth));
}

const pressed: Record<string, () => void> = {
  smaller: () => {
    set(scale / STEP);
  },
  larger: () => {
    set(scale * STEP);
  },
  fit,
  save: () => {
    editor.postMessage({ type: "save" });
  },
};
for (const [id, press] of Object.entries(pressed)) document.getElementById(id)?.addEventListener("click", press);
document.addEventListener("keydown", (event) => {
  if (event.key === "+") set(scale * STEP);
  if (event.key === "-") set(scale / STEP);
  if (event.key === "0") fit();
});
if (drawing().complete) fit();
else drawing().addEventListener("load", fit);
