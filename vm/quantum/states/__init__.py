"""States of qubits in memory: statevectors, density matrices, matrix product states, stabilizer tableaux."""
