"""What all tests need of the process that runs them."""

from __future__ import annotations

import signal

# Tests send Ctrl-C to processes that they start. A process that is started to ignore it goes on ignoring it, and a shell
# starts what runs in the background like that.
for _number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)
