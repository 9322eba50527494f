"""OpenQASM 3 as QBC: the specification's tree lowered statement by statement, every gate with its exact phase."""
