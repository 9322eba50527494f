"""``python -m tests.fuzz --count N``: N mutations of each kind (see :data:`tests.fuzz.cases.TRIES`)."""

from __future__ import annotations

import argparse
import os
import time

from tests.fuzz.cases import TRIES, fuzz


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--kind", action="append", choices=list(TRIES))
    options = parser.parse_args()
    begun = time.monotonic()
    totals = fuzz(options.count, options.start, options.processes, options.kind or tuple(TRIES))
    for kind, counter in totals.items():
        print(f"{kind}: {sum(counter.values()):,}", dict(counter.most_common()))
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
