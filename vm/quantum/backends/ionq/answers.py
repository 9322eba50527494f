"""What IonQ's answers mean. A server may send anything: what is not of the form is one line, not a crash."""

from __future__ import annotations

import math
import re
from typing import Any, Final, TypeGuard

import numpy as np
from numpy.typing import NDArray

from vm.quantum.backends.backend import Job, Listed
from vm.quantum.backends.offers import Amount, Estimate
from vm.trap import FaultError

FINAL: Final = frozenset({"completed", "failed", "canceled"})
"""Of :data:`STATUSES`, those that a job keeps."""
STATUSES: Final = frozenset({"submitted", "ready", "started"}) | FINAL
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_VERSION: Final = re.compile(r"/v\d+\.\d+/")
_RELATIVE: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
_SLACK: Final = 1e-3
"""By how much the probabilities of all outcomes may differ from 1: they are rounded."""


def odd(what: str) -> FaultError:
    """An answer is not what it should be."""
    return FaultError("backend", f"IonQ sent an answer that makes no sense: {what}")


def table(value: Any, what: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise odd(f"{what} is no object")
    return value


def identifier(job: Any) -> str:
    """A job's own: it becomes a part of addresses."""
    found = table(job, "a job").get("id")
    if not isinstance(found, str) or not _IDENTIFIER.fullmatch(found):
        raise odd("a job has no proper 'id'")
    return found


def status(job: Any) -> str:
    """One of :data:`STATUSES`."""
    found = table(job, "a job").get("status")
    if not isinstance(found, str) or found not in STATUSES:
        raise odd(f"the status of a job is {_shown(found)}")
    return found


def failure(job: dict[str, Any]) -> str:
    """Why a job failed, as the server says it."""
    reason = job.get("failure")
    if not isinstance(reason, dict):
        return "no reason given"
    texts = [reason.get("message") or reason.get("error"), reason.get("code")]
    said = [text for text in texts if isinstance(text, str) and text]
    return f"{said[0]} ({said[1]})" if len(said) == 2 else said[0] if said else "no reason given"


def results_path(job: dict[str, Any], own: str, base: str) -> str:
    """Where a job's probabilities are, below the address, whose path is ``base``.

    A job may name the place; only one on the same server is ever asked."""
    results = job.get("results")
    named = results.get("probabilities") if isinstance(results, dict) else None
    url = named.get("url") if isinstance(named, dict) else None
    usual = f"jobs/{own}/results/probabilities"
    if not isinstance(url, str):
        return usual
    version = _VERSION.match(url)
    if url.startswith(f"{base}/"):
        below = url[len(base) + 1 :]
    elif version:
        below = url[version.end() :]
    else:
        below = ""
    return below if _RELATIVE.fullmatch(below) else usual


def counts(answer: Any, job: Job, is_exact: bool) -> dict[int, int]:
    """How often each value was measured, from the probabilities by value.

    IonQ's values have qubit 0 in the lowest bit, as ours do. An ideal simulator sends exact probabilities, of which
    the shots are drawn by the job's seed. What was measured or drawn there is a whole number of
    shots already, but for rounding: the shots go to the largest remainders."""
    values, weights = _probabilities(answer, job.circuit.qubits)
    if is_exact:
        generator = np.random.default_rng(job.seed)
        drawn = generator.multinomial(job.shots, weights)
    else:
        drawn = _apportioned(weights, job.shots)
    return {value: int(count) for value, count in zip(values, drawn, strict=True) if count}


def _probabilities(answer: Any, qubits: int) -> tuple[list[int], NDArray[np.float64]]:
    """Values, ascending, and their probabilities, which sum to 1."""
    entries = table(answer, "the probabilities")
    found: dict[int, float] = {}
    for text, weight in entries.items():
        if not (text.isascii() and text.isdigit() and len(text) <= 40) or int(text) >> qubits:
            raise odd(f"{_shown(text)} is no value of {qubits} qubit{'s' if qubits > 1 else ''}")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not -_SLACK <= weight <= 1 + _SLACK:
            raise odd(f"the probability of {int(text)} is {_shown(weight)}")
        found[int(text)] = found.get(int(text), 0.0) + max(float(weight), 0.0)
    total = math.fsum(found.values())
    if abs(total - 1) > _SLACK:
        raise odd(f"the probabilities sum to {total:.6g}, not to 1")
    values = sorted(found)
    return values, np.array([found[value] for value in values]) / total


def _apportioned(weights: NDArray[np.float64], shots: int) -> NDArray[np.int64]:
    shares = weights * shots
    whole = np.floor(shares + 1e-9).astype(np.int64)
    left = shots - int(whole.sum())
    # Of equal remainders the lowest value comes first.
    order = np.argsort(whole - shares, kind="stable")
    whole[order[: max(left, 0)]] += 1
    return whole


def listed(answer: Any) -> list[Listed]:
    """The backends that the service lists."""
    if not isinstance(answer, list):
        raise odd("the backends are no list")
    found = []
    for entry in answer:
        row = table(entry, "a backend")
        name, qubits, state = row.get("backend"), row.get("qubits"), row.get("status")
        if not isinstance(name, str) or not isinstance(state, str):
            raise odd("a backend lacks its name or its state")
        if isinstance(qubits, bool) or not isinstance(qubits, int) or not 0 <= qubits < 1 << 20:
            raise odd(f"the qubits of {_shown(name)} are {_shown(qubits)}")
        queue = row.get("average_queue_time")
        found.append(
            Listed(
                f"ionq:{name}",
                qubits,
                f"{state} (degraded)" if row.get("degraded") is True else state,
                float(queue) / 1000 if _is_amount(queue) and name != "simulator" else None,
            )
        )
    return found


def estimate(answer: Any) -> Estimate:
    """The cost and the queue of a job that was not sent.

    The answer of 2026 has ``estimated_total_cost``, ``estimated_unit``, ``rate_card`` and the queue in milliseconds; an
    older one ``estimated_cost``, ``cost_unit``, ``rate_information`` and the queue in seconds."""
    row = table(answer, "the estimate")
    is_older = "estimated_total_cost" not in row and "estimated_cost" in row
    cost = row.get("estimated_cost" if is_older else "estimated_total_cost")
    unit = row.get("cost_unit" if is_older else "estimated_unit")
    queue = row.get("current_predicted_queue_time")
    if not _is_amount(cost):
        raise odd(f"the estimated cost is {_shown(cost)}")
    seconds = float(queue) / (1 if is_older else 1000) if _is_amount(queue) else None
    return Estimate(Amount(float(cost), _unit(unit)), seconds)


def cost(answer: Any) -> Amount | None:
    """What a finished job cost; None where the answer has none (yet)."""
    found = table(answer, "the cost").get("cost")
    if found is None:
        return None
    row = table(found, "the cost")
    if not _is_amount(row.get("value")):
        raise odd(f"the cost is {_shown(row.get('value'))}")
    return Amount(float(row["value"]), _unit(row.get("unit")))


def _unit(value: Any) -> str:
    """A currency's code in capitals; ``credits`` for the provider's own."""
    if not isinstance(value, str) or not value or value.lower() in ("credit", "credits"):
        return "credits"
    return value.upper() if len(value) == 3 else value


def _is_amount(value: Any) -> TypeGuard[float]:
    return not isinstance(value, bool) and isinstance(value, int | float) and 0 <= value < 1e15


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"
