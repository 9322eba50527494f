"""The checker: names, types, constants and the use of qubits. It tells every mistake once, where it was made: behind an
error stands the type ``?``, which goes with everything."""
