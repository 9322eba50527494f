import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped, nonce, page } from "../../src/page";

test("texts cannot leave their place", () => {
  assert.equal(escaped(`<a b="c" d='e'>&`), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
});

test("a nonce is long, and never the same", () => {
  assert.match(nonce(), /^[\w-]{32}$/);
  assert.notEqual(nonce(), nonce());
});

test("a page loads its own style and script, and nothing else", () => {
  const made = page({ title: "<x>", body: "", style: "a{}", script: "vscode:/h.js?a&b", images: false });
  const policy = /content="([^"]*)"/.exec(made)?.[1] ?? "";
  const once = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1] ?? "none";
  assert.equal(policy, `default-src 'none'; style-src 'nonce-${once}'; script-src 'nonce-${once}'`);
  assert.equal(made.split(`nonce="${once}"`).length, 3);
  assert.ok(made.includes("<title>&lt;x&gt;</title>") && made.includes('src="vscode:/h.js?a&amp;b"'));
  assert.match(page({ title: "", body: "", style: "", script: "", images: true }), /; img-src data:"/);
});
