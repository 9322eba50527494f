"""Benchmarks of the toolchain: ``python -m benchmarks``.

:mod:`benchmarks.suite` says what is measured, :mod:`benchmarks.contenders` how each contender is
prepared, :mod:`benchmarks.runner` measures, and :mod:`benchmarks.report` shows and saves.
"""
