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

import sys

if sys.argv[:1] and sys.argv[0].rpartition("/")[2] in ("qbc", "qbcc"):
    # A command takes over Ctrl-C before anything else is imported. What hides 'vm' is reported below.
    try:
        from vm import stops
    except ImportError:
        pass
    else:
        stops.begin()

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

from qbcc import shadows  # noqa: E402

__all__ = ["CompileError", "Machine", "Program", "Result", "compile", "run"]


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first asked for: the command line needs none of them."""
    if name in __all__:
        shadows.check()
        from qbcc import api

        return getattr(api, name)
    raise AttributeError(f"module 'qbcc' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names."""
    return [*__all__]


# pytest imports this package in every run of its environment, for the plug-in, also for projects that do not use it and
# may have a ``vm.py``. There the check waits until a public name is used.
if "_pytest" not in sys.modules:
    shadows.check()
