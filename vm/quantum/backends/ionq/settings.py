"""What the environment says about IonQ: the key, the address, how fast to ask and how long to wait."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from vm.trap import FaultError

ADDRESS: Final = "https://api.ionq.co/v0.4"
"""Where IonQ is, unless ``IONQ_API_URL`` says otherwise."""
INTERVAL: Final = 4.0
"""Seconds between the starts of two requests, unless ``QBC_IONQ_INTERVAL`` says otherwise."""
MOST_SHOTS: Final = 1_000_000
"""Of one job, that the API takes. An ideal simulator ignores them: it sends probabilities."""
LEAST_DEBIASED: Final = 500
"""Shots that the API wants for debiasing."""
PASSING: Final = frozenset({404, 408, 409, 425})
"""Statuses that a server may give for a job that is there: its parts do not all know of it at once."""
LAG: Final = 30.0
"""Seconds after which a job that was sent is in the list of jobs, unless ``QBC_IONQ_LAG`` says otherwise."""
# What is not of this form is refused rather than understood: two programs may read it differently.
_URL: Final = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")


@dataclass(frozen=True)
class Settings:
    """How IonQ is asked."""

    key: str = field(repr=False)
    address: str
    """Without a slash at its end."""
    interval: float
    """Seconds between the starts of two requests."""
    timeout: float | None
    """Seconds to wait for a result; ``None`` where the environment has none."""
    lag: float = LAG
    """Seconds after which a job that was sent is in the list of jobs."""


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment. Raises :class:`FaultError`."""
    interval = _seconds(environment, "QBC_IONQ_INTERVAL")
    lag = _seconds(environment, "QBC_IONQ_LAG")
    return Settings(
        key=_key(environment.get("IONQ_API_KEY", "")),
        address=_address(environment.get("IONQ_API_URL", "").strip() or ADDRESS),
        interval=INTERVAL if interval is None else interval,
        timeout=_seconds(environment, "QBC_IONQ_TIMEOUT"),
        lag=LAG if lag is None else lag,
    )


def _key(text: str) -> str:
    key = text.strip()
    if not key:
        raise FaultError("backend", "IonQ wants a key: set the environment variable IONQ_API_KEY to yours")
    if not all("!" <= letter <= "~" for letter in key):
        raise FaultError("backend", "IONQ_API_KEY has a space or a letter in it that no key has")
    return key


def _address(text: str) -> str:
    # The address is not shown before it is known to hold no password.
    if "@" in text:
        raise FaultError("backend", "IONQ_API_URL has a user name or a password in it: the key in IONQ_API_KEY is all")
    if not _URL.fullmatch(text):
        raise FaultError("backend", "IONQ_API_URL is no address like https://api.ionq.co/v0.4")
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        raise FaultError("backend", "IONQ_API_URL has a port above 65535") from None
    host = parts.hostname or ""
    if parts.scheme == "http" and not _is_loopback(host):
        raise FaultError(
            "backend", f"IONQ_API_URL is plain http, which would show the key to the network: use https://{host}"
        )
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(environment: Mapping[str, str], name: str) -> float | None:
    text = environment.get(name, "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise FaultError("backend", f"{name} is {text[:40]!r}: it wants seconds, such as 4 or 0.5")
    return seconds
