"""QBC: a language toolchain for hybrid quantum-classical programs.

>>> import qbcc
>>> result = qbcc.run('''
... main: QMOV r0, 6
...       QMUL r0, 7
...       QSYSCALL 1
...       QRET
... ''')
>>> result.output
'42'
"""

from __future__ import annotations

from typing import Any

__all__ = ["CompileError", "Machine", "Program", "Result", "compile", "run"]


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first asked for: the command line needs none of them."""
    if name in __all__:
        from qbcc import api

        return getattr(api, name)
    raise AttributeError(f"module 'qbcc' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names."""
    return [*__all__]
