"""What is opened in editors: in each one error, which stands behind what an editor may count wrongly."""

SIGMA = """\
/// Two of them.
fn twice(n: int) -> int {
    return 2 * n;
}

fn main() {
  print("😀 {twice(4)} {twise(5)}");
}
"""
QBC = """\
main:
    QMOV r1, 6
    QCALL double
    QMUV r1, 2
    QRET
double:         ; r1 ← 2 · r1
  QADD  r1,r1
    QRET
"""
CIRCUIT = '{"qubits": 1, "ops": [{"gate": "hh", "on": [0]}]}\n'
