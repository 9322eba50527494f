import assert from "node:assert/strict";
import { test } from "node:test";
import { atLeast, numbers } from "../../src/versions";

test("versions are compared number by number", () => {
  assert.ok(atLeast("0.10.0", "0.9.9"));
  assert.ok(atLeast("1", "1.0.0"));
  assert.ok(!atLeast("3.9.18", "3.11"));
  assert.ok(atLeast("3.11.0rc1", "3.11"));
  assert.ok(!atLeast("unknown", "0.1"));
  assert.deepEqual(numbers("v1.20.3+local"), [1, 20, 3]);
});
