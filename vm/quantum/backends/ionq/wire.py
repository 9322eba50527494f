"""One request to IonQ at a time: spaced, bounded, retried, and with the key in nothing but its header."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, NewConnectionError

from vm import limits
from vm.quantum.backends.ionq.settings import Settings
from vm.trap import FaultError

TRIES: Final = 8
"""Of one request."""
FIRST_BACK_OFF: Final = 1.0
"""Seconds before the second try; it doubles, and is no longer than :data:`LAST_BACK_OFF`."""
LAST_BACK_OFF: Final = 60.0
LONGEST_RETRY_AFTER: Final = 900.0
"""Seconds: a server that wants more is not waited for."""
CONNECT_SECONDS: Final = 15.0
MOST_BYTES: Final = 64 << 20
"""Of one answer."""
MOST_TEXT: Final = 300
"""Letters of a server's message that are shown."""


class Pace:
    """Whose turn it is: one request at a time in the process, and their starts apart."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = limits.pause
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self._lock = threading.Lock()
        self._last: float | None = None

    @contextmanager
    def turn(self, interval: float) -> Iterator[None]:
        """Wait for the turn and have it."""
        with self._lock:
            if self._last is not None and (wait := self._last + interval - self.clock()) > 0:
                self.sleep(wait)
            self._last = self.clock()
            yield


PACE: Final = Pace()
"""The process's."""


class Again(Exception):
    """A request failed in a way that passes."""

    def __init__(self, reason: str, may_be_done: bool, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_be_done = may_be_done
        """Whether the server may have carried it out all the same."""
        self.after = after
        """Seconds that the server wants to be left alone."""


class _Key(requests.auth.AuthBase):
    """Puts the key into a request. A request that has this takes none from a ``.netrc``."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"apiKey {self._key}"
        return request


class Wire:
    """The way to one server."""

    read_seconds = 60.0
    """That a server may be silent, and that its answer may take after it began."""

    def __init__(self, settings: Settings, agent: str, pace: Pace = PACE) -> None:
        self.address = settings.address
        self.interval = settings.interval
        self.pace = pace
        self._secret = settings.key
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": agent}
        parts = urlsplit(settings.address)
        self.base = parts.path
        """The path of the address."""
        self._server = parts.netloc
        self.is_urgent = False
        """Whether somebody waits for the run to end: one try, at once."""
        # A proxy would be shown the key of a plain request, which is for this machine alone.
        self._trusts_environment = parts.scheme == "https"

    def ask(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        body: str | None = None,
        done: Callable[[], Any] | None = None,
        passing: frozenset[int] = frozenset(),
    ) -> Any:
        """The JSON that answers a request to a path below the address.

        ``done`` looks whether a request that failed was carried out all the same: what it finds is the answer, ``None``
        lets the request be sent again. Statuses in ``passing`` are tried again like those of a busy server. Raises
        :class:`FaultError`."""
        what = f"{method} {self.base}/{path}"
        tries = 1 if self.is_urgent else TRIES
        for number in range(1, tries + 1):
            try:
                return self._once(method, path, what, params, body, may_be_lost=done is not None, passing=passing)
            except Again as again:
                failed = again
            wait = self._back_off(number, failed.after)
            if number < tries or (failed.may_be_done and not self.is_urgent):
                self.pace.sleep(wait)
            if done is not None and failed.may_be_done and (found := done()) is not None:
                return found
        after = f"{tries} tries" if tries > 1 else "one try"
        raise FaultError("backend", self.clean(f"{what}: {failed.reason}; given up after {after}"))

    def _back_off(self, number: int, after: float | None) -> float:
        if after is not None and after > LONGEST_RETRY_AFTER:
            raise FaultError("backend", f"IonQ wants no request for {after:,.0f} seconds: too many were sent")
        first = min(FIRST_BACK_OFF, self.interval)
        wait = min(first * 2.0 ** (number - 1), LAST_BACK_OFF) * random.SystemRandom().uniform(0.5, 1.5)
        return max(wait, after or 0.0)

    def _once(
        self,
        method: str,
        path: str,
        what: str,
        params: dict[str, Any] | None,
        body: str | None,
        *,
        may_be_lost: bool,
        passing: frozenset[int],
    ) -> Any:
        """One try. Errors are raised outside of the handlers, so that none carries the request along."""
        status, content, problem = 0, b"", None
        headers: dict[str, str] = {}
        with self.pace.turn(0.0 if self.is_urgent else self.interval):
            try:
                status, headers, content = self._send(method, path, params, body)
            except Exception as error:
                problem = self._problem(error, what)
        if problem is not None:
            # Where the run has no time left, that is why it failed.
            limits.current().check()
            raise problem
        if 200 <= status < 300:
            answer, is_json = _parse(content)
            if is_json:
                return answer
            # A page of a proxy, or an answer that was cut off.
            if may_be_lost or method == "GET":
                raise Again(f"the answer is not JSON: {_start(content)!r}", may_be_done=True)
            raise FaultError("backend", self.clean(f"{what}: the answer is not JSON: {_start(content)!r}"))
        if status in passing:
            said = self.clean(_message(content))
            raise Again(f"the server answers {status}: {said}", may_be_done=False, after=_seconds(headers))
        raise self._refusal(status, headers, content, what)

    def _send(
        self, method: str, path: str, params: dict[str, Any] | None, body: str | None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case and content. A redirect is not followed: the key goes to one server."""
        # The answer is waited for no longer than the run has time.
        most = min(self.read_seconds, max(limits.current().left(), 0.01))
        # A connection for each: between two requests there is time enough for the server to close an idle one.
        with requests.Session() as session:
            session.trust_env = self._trusts_environment
            with session.request(
                method,
                f"{self.address}/{path}",
                params=params,
                data=body,
                headers=self._headers,
                auth=_Key(self._secret),
                timeout=(min(CONNECT_SECONDS, most), most),
                allow_redirects=False,
                stream=True,
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return response.status_code, headers, self._content(response, most)

    def _content(self, response: Any, most: float) -> bytes:
        end = time.monotonic() + most
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise FaultError("backend", f"IonQ sent an answer of more than {MOST_BYTES:,} bytes")
            if time.monotonic() > end:
                raise requests.exceptions.ReadTimeout
        return b"".join(parts)

    def _problem(self, error: Exception, what: str) -> Exception:
        """What to raise for an error, which tells nothing of the request itself."""
        if isinstance(error, FaultError):
            return error
        if isinstance(error, requests.exceptions.SSLError):
            return FaultError("backend", f"the certificate of {self._server} is not accepted: IonQ is not asked")
        if isinstance(error, requests.exceptions.Timeout):
            return Again(f"no answer from {self._server} in time", may_be_done=True)
        cause = error.args[0] if error.args else None
        if isinstance(getattr(cause, "reason", None), NewConnectionError):
            return Again(f"cannot connect to {self._server}", may_be_done=False)
        passing = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, HTTPError, TimeoutError)
        if isinstance(error, passing):
            return Again(f"the connection to {self._server} broke", may_be_done=True)
        return FaultError("backend", self.clean(f"{what} cannot be sent: {type(error).__name__}: {error}"))

    def _refusal(self, status: int, headers: dict[str, str], content: bytes, what: str) -> Exception:
        said = self.clean(_message(content))
        if status == 429:
            return Again(f"too many requests (429): {said}", may_be_done=False, after=_seconds(headers))
        if status >= 500:
            return Again(f"the server failed ({status}): {said}", may_be_done=True, after=_seconds(headers))
        if status in (401, 403):
            text = f"IonQ refused the key in IONQ_API_KEY ({status}): {said}"
        elif 300 <= status < 400:
            text = f"{what}: the server sends elsewhere ({status}), where the key does not go; IONQ_API_URL is wrong"
        else:
            text = f"IonQ refused {what} ({status}): {said}"
        return FaultError("backend", text)

    def clean(self, text: str) -> str:
        """A text of the server as one line that can be shown, without the key."""
        text = text.replace(self._secret, "[key]")
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _parse(content: bytes) -> tuple[Any, bool]:
    try:
        return json.loads(content), True
    except (ValueError, RecursionError):
        return None, False


def _start(content: bytes) -> str:
    return content[:80].decode("utf-8", "replace")


def _message(content: bytes) -> str:
    """What the server says in the body of an error."""
    answer, is_json = _parse(content)
    if is_json and isinstance(answer, dict):
        inner = answer.get("error")
        nested = inner.get("message") if isinstance(inner, dict) else inner
        for text in (answer.get("message"), nested):
            if isinstance(text, str) and text.strip():
                return text
        return "no reason given"
    text = content[:2000].decode("utf-8", "replace")
    return "no reason given" if not text.strip() or text.lstrip().startswith("<") else text


def _seconds(headers: dict[str, str]) -> float | None:
    """Of ``Retry-After``, which has seconds or a date."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0.0)
