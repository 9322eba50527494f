"""``python -m tests.fuzz --count N``: N cases of each kind (see :data:`tests.fuzz.cases.TRIES`).

``python -m tests.fuzz engines 50000``: that many of one kind."""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.fuzz.cases import TRIES, FailingError, fuzz


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", choices=list(TRIES), metavar="KIND", help="one kind, and how many")
    parser.add_argument("number", nargs="?", type=int, metavar="N")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--kind", action="append", choices=list(TRIES))
    options = parser.parse_args()
    begun = time.monotonic()
    kinds = [options.only] if options.only else options.kind or tuple(TRIES)
    count = options.count if options.number is None else options.number
    try:
        totals = fuzz(count, options.start, options.processes, kinds, _tell)
    except FailingError:
        sys.exit("see above; 'python -m tests.fuzz KIND 1 --start SEED' tries one again")
    for kind, counter in totals.items():
        print(f"{kind}: {sum(counter.values()):,}", dict(counter.most_common()))
    print(f"{time.monotonic() - begun:.0f} s")


def _tell(kind: str, count: int) -> None:
    """What a run that is cut off has shown until then."""
    if count % 1000 == 0:
        print(f"{kind}: {count:,} went well", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
