/** A first program, for the walkthrough. */

import * as vscode from "vscode";

const EXAMPLE = `// A Bell pair: two qubits that always agree.
gate bell(a: qubit, b: qubit) {
    h(a);
    cx(a, b);
}

fn main() {
    let q = qubits(2);
    bell(q[0], q[1]);
    record("first", measure(q[0]));
    record("second", measure(q[1]));
}
`;

/** Open it, not saved yet. */
export async function newExample(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "sigma", content: EXAMPLE });
  await vscode.window.showTextDocument(document);
}
