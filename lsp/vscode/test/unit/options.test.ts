import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { initializationOptions, startOnly } from "../../src/options";

type Properties = Record<string, { default: unknown }>;
const manifest = JSON.parse(readFileSync("package.json", "utf-8")) as {
  contributes: { configuration: { properties: Properties }[] };
};
const settings: Properties = Object.fromEntries(
  manifest.contributes.configuration.flatMap((part) => Object.entries(part.properties)),
);

test("the server starts with what the settings say", () => {
  const set: Record<string, unknown> = {
    "diagnostics.errors": false,
    "diagnostics.findings": true,
    "diagnostics.limit": 50,
    "lint.levels": { S0901: "off" },
    "hints.types": false,
  };
  assert.deepEqual(
    initializationOptions((name) => set[name]),
    {
      commands: true,
      explains: true,
      hints: { types: false },
      diagnostics: { errors: false, findings: true, limit: 50 },
      lint: { levels: { S0901: "off" } },
    },
  );
});

test("every setting that the server takes is declared, with its default", () => {
  const asked: string[] = [];
  initializationOptions((name) => void asked.push(name));
  for (const name of asked) assert.ok(`qbc.${name}` in settings, name);
  assert.equal(settings["qbc.diagnostics.errors"]?.default, true);
  assert.equal(settings["qbc.diagnostics.findings"]?.default, true);
  assert.equal(settings["qbc.diagnostics.limit"]?.default, 1000);
});

test("errors and findings are switched without a restart", () => {
  const live = [
    "qbc.diagnostics.errors",
    "qbc.diagnostics.findings",
    "qbc.diagnostics.limit",
    "qbc.lint.levels",
    "qbc.hints.types",
  ];
  for (const changed of live) {
    assert.equal(
      startOnly((name) => changed.startsWith(name)),
      false,
      changed,
    );
  }
  for (const changed of ["qbc.interpreterPath", "qbc.server.arguments"]) {
    assert.equal(
      startOnly((name) => changed.startsWith(name)),
      true,
      changed,
    );
  }
});
