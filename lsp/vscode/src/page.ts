/** Pages of webviews: what they may load is said by their policy, and is nothing from elsewhere. */

import { randomBytes } from "node:crypto";

/** A number that nobody can guess, for one page. */
export function nonce(): string {
  return randomBytes(24).toString("base64url");
}

/** A text in HTML, also in an attribute. */
export function escaped(text: string): string {
  const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? mark);
}

/** A page with one script and one style. `images`: whether pictures that stand in the page itself are shown. */
export function page(parts: { title: string; body: string; style: string; script: string; images: boolean }): string {
  const once = nonce();
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${once}'`,
    `script-src 'nonce-${once}'`,
    ...(parts.images ? ["img-src data:"] : []),
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(parts.title)}</title>
<style nonce="${once}">${parts.style}</style>
</head>
<body>
${parts.body}
<script nonce="${once}" src="${escaped(parts.script)}"></script>
</body>
</html>
`;
}
