"""Programs as tests: what a source says in comments that it does, compared with what it does.

The core reads (:mod:`qbcc.testing.reader`), runs (:mod:`qbcc.testing.suite`) and compares
(:mod:`qbcc.testing.checks`); ``qbc test`` and the plug-in for pytest print."""
