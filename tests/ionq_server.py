"""A server on loopback that speaks IonQ's API v0.4 for the calls that are used, and can misbehave.

It really runs what it is sent: circuits are read back from their JSON and simulated by Qiskit. ``python -m
tests.ionq_server FILE`` serves until it is killed and writes its address to FILE; its faults are then set by ``POST
/faults`` and its account is read by ``GET /requests``."""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

KEY = "key-5f0c2ab1-do-not-show"
_PLAIN = {"x": "x", "y": "y", "z": "z", "h": "h", "s": "s", "si": "sdg", "t": "t", "ti": "tdg", "v": "sx", "vi": "sxdg"}
_TURNS = {"rx": "rx", "ry": "ry", "rz": "rz", "xx": "rxx", "yy": "ryy", "zz": "rzz"}


@dataclass
class Fault:
    """What goes wrong with the next ``times`` requests to a path."""

    method: str
    path: str
    """How it ends, as ``/jobs`` or ``/probabilities``; or ``/jobs/*`` for one job."""
    kind: str
    """A status; ``slow``; ``dropped``; ``lost`` (carried out, then dropped); ``garbage``; ``truncated``; ``cut``;
    ``body``; ``500-lost`` (carried out, then a status)."""
    times: int = 1
    body: Any = None
    retry_after: str = ""


@dataclass
class Request:
    method: str
    path: str
    key: str
    time: float
    body: Any = None
    query: str = ""


@dataclass
class Service:
    """The state behind the server."""

    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    polls: int = 1
    """Looks at a job before it is completed; -1 for never."""
    endless: int = -1
    """The number of a job that is never completed."""
    fails: str = ""
    """Why jobs fail, if they do."""
    shape: str = "2026"
    """``2026``, or ``older`` for estimates as they were."""
    lag: float = 0.0
    """Seconds before the list of jobs has a job that was sent."""
    state: str = "available"
    """Of the machine ``qpu.forte-1``."""
    cost: Any = 3.1
    """What each job cost; None while it is not known."""
    lock: Any = field(default_factory=threading.Lock)

    def probabilities(self, job: dict[str, Any]) -> dict[str, float]:
        content = job["input"]
        circuit = QuantumCircuit(content["qubits"])
        for gate in content["circuit"]:
            name, targets = gate["gate"], gate["targets"]
            controls = gate.get("controls", [])
            if name in _TURNS:
                getattr(circuit, _TURNS[name])(gate["rotation"], *targets)
            elif name == "swap":
                circuit.swap(*targets)
            elif controls:
                assert name == "x"
                assert len(controls) == 1
                circuit.cx(controls[0], targets[0])
            else:
                getattr(circuit, _PLAIN[name])(targets[0])
        odds = np.abs(Statevector(circuit).data) ** 2
        if job["backend"] != "simulator":
            # Hardware measured so many times.
            odds = np.random.default_rng(7).multinomial(job["shots"], odds / odds.sum()) / job["shots"]
        return {str(value): float(odds[value]) for value in np.flatnonzero(odds > 1e-15)}

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Status and JSON."""
        parts = path.strip("/").split("/")[1:]
        if (method, parts) == ("GET", ["backends"]):
            return 200, [
                {"backend": "simulator", "qubits": 29, "status": "available", "average_queue_time": 0},
                {
                    "backend": "qpu.forte-1",
                    "qubits": 36,
                    "status": self.state,
                    "degraded": False,
                    "average_queue_time": 1_181_215,
                    "supported_error_mitigations": ["debiasing"],
                },
                {"backend": "qpu.forte-enterprise-1", "qubits": 36, "status": "unavailable"},
            ]
        if (method, parts) == ("GET", ["jobs", "estimate"]):
            return 200, self.estimate()
        if (method, parts) == ("POST", ["jobs"]):
            identifier = f"job-{len(self.jobs)}"
            self.jobs[identifier] = {
                **body,
                "id": identifier,
                "status": "submitted",
                "left": self.polls,
                "listed": time.monotonic() + self.lag,
            }
            if len(self.jobs) - 1 == self.endless:
                self.jobs[identifier]["left"] = -1
            return 200, {"id": identifier, "status": "submitted"}
        if (method, parts) == ("GET", ["jobs"]):
            now = time.monotonic()
            jobs = [
                self.shown(job)
                for job in reversed(self.jobs.values())
                if job["backend"] in query["target"] and job["listed"] <= now
            ]
            start, limit = int(query.get("next", ["0"])[0]), int(query["limit"][0])
            more = {"next": str(start + limit)} if start + limit < len(jobs) else {}
            return 200, {"jobs": jobs[start : start + limit], **more}
        if len(parts) >= 2 and parts[1] in self.jobs:
            job = self.jobs[parts[1]]
            if method == "GET" and len(parts) == 2:
                self.proceed(job)
                return 200, self.shown(job)
            if method == "PUT" and parts[2:] == ["status", "cancel"]:
                job["status"] = "canceled"
                return 200, {"id": job["id"], "status": "canceled"}
            if method == "GET" and parts[2:] == ["cost"]:
                return 200, {"dry_run": False, **({} if self.cost is None else self.costs())}
            if method == "GET" and parts[2:] == ["results", "probabilities"]:
                return 200, self.probabilities(job)
        return 404, {"error": "Not Found", "message": "there is no such thing"}

    def estimate(self) -> dict[str, Any]:
        """As the API answers in 2026 (its published client has the types), or as it did before."""
        if self.shape == "older":
            return {
                "input_values": {"backend": "qpu.forte-1", "shots": 100},
                "estimated_at": "2025-06-16T00:00:00Z",
                "cost_unit": "USD",
                "rate_information": {"job_cost_minimum": 1.0, "cost_2q_gate": 0.1, "cost_1q_gate": 0.01},
                "estimated_cost": 3.2,
                "estimated_execution_time": 96,
                "current_predicted_queue_time": 720,
            }
        return {
            "estimate_context": {"backend": "qpu.forte-1", "organization": None, "project": None, "shots": 100},
            "estimated_at": "2026-06-16T00:00:00Z",
            "estimated_unit": "usd",
            "rate_card": {"id": "a", "rates": []},
            "estimated_total_cost": 3.2,
            "estimated_execution_time": 96_250,
            "current_predicted_queue_time": 720_000,
        }

    def costs(self) -> dict[str, Any]:
        amount = {"value": self.cost, "unit": "usd"}
        return {"estimated_cost": amount, "cost": amount}

    def proceed(self, job: dict[str, Any]) -> None:
        if job["status"] in ("submitted", "started"):
            job["left"] -= 1
            job["status"] = "started" if job["left"] else "failed" if self.fails else "completed"
            job["why"] = self.fails

    def shown(self, job: dict[str, Any]) -> dict[str, Any]:
        found = {name: job[name] for name in ("id", "status", "name", "backend")}
        if job["status"] == "completed":
            found["results"] = {"probabilities": {"url": f"/v0.4/jobs/{job['id']}/results/probabilities"}}
        if job["status"] == "failed":
            found["failure"] = {"code": "QuotaExhausted", "message": job["why"]}
        return found

    def fault(self, method: str, path: str) -> Fault | None:
        for one in self.faults:
            name = one.path.removesuffix("/*")
            fits = path.split("/")[-2:-1] == [name.strip("/")] if one.path.endswith("/*") else path.endswith(name)
            if (
                one.times
                and method == one.method
                and fits
                and not (one.path == "/jobs/*" and path.endswith("estimate"))
            ):
                one.times -= 1
                return one
        return None


class Handler(BaseHTTPRequestHandler):
    service: Service

    def _serve(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        parts = urlsplit(self.path)
        body = json.loads(content) if content else None
        service = self.service
        if parts.path == "/faults":
            service.faults = [Fault(**one) for one in body["faults"]]
            service.polls, service.fails = body.get("polls", 1), body.get("fails", "")
            return self._send(200, {})
        if parts.path == "/requests":
            return self._send(200, [asdict(one) for one in service.requests])
        key = self.headers.get("Authorization", "")
        with service.lock:
            service.requests.append(Request(method, parts.path, key, time.monotonic(), body, parts.query))
            fault = service.fault(method, parts.path)
            if fault is not None and not fault.kind.endswith("lost") and fault.kind != "slow":
                return self._misbehave(fault)
            if key != f"apiKey {KEY}":
                return self._send(401, {"message": f"Invalid key provided: {key.removeprefix('apiKey ')}"})
            status, answer = service.answer(method, parts.path, parse_qs(parts.query), body)
        if fault is not None and fault.kind == "lost":
            return self._drop()
        if fault is not None and fault.kind.endswith("-lost"):
            return self._misbehave(replace(fault, kind=fault.kind.removesuffix("-lost")))
        if fault is not None:
            time.sleep(float(fault.body or 1))
        return self._send(status, answer)

    def _misbehave(self, fault: Fault) -> None:
        if fault.kind == "dropped":
            return self._drop()
        if fault.kind == "cut":
            # A whole answer to HTTP, and half of one to JSON.
            return self._raw(200, b'{"id": "job-0", "sta', {"Content-Type": "application/json"})
        if fault.kind == "garbage":
            return self._raw(200, b"<html>maintenance</html>", {})
        if fault.kind == "truncated":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"id": "jo')
            return self._drop()
        if fault.kind == "body":
            return self._send(200, fault.body)
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        return self._raw(int(fault.kind), json.dumps({"message": "the service says no"}).encode(), headers)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _send(self, status: int, answer: Any) -> None:
        self._raw(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _raw(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def log_message(self, *_: object) -> None:
        """Nothing: the account is kept."""

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            # The connection was dropped on purpose.
            return


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Connections are dropped on purpose, and clients are killed."""


class Server:
    """The server in a thread; ``with Server() as server``."""

    def __init__(self) -> None:
        self.service = Service()
        handler = type("Bound", (Handler,), {"service": self.service})
        self._http = _Quiet(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}/v0.4"
        self.thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Server:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


if __name__ == "__main__":
    with Server() as running:
        Path(sys.argv[1]).write_text(running.address)
        running.thread.join()
