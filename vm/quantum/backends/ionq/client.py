"""qiskit-ionq, with our way to the server under it.

The library's provider and backends, when they are made, ask the network for their sizes, at an address that they may
take from a ``.env`` file of the working folder. So these are made without: :class:`Provider` looks nothing up,
:class:`Target` is told its size, and :class:`Client` asks by a :class:`Wire`. The key is not given to the library."""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit_ionq import ErrorMitigation, IonQProvider
from qiskit_ionq.helpers import get_user_agent, qiskit_to_ionq
from qiskit_ionq.ionq_backend import IonQBackend
from qiskit_ionq.ionq_client import IonQClient
from qiskit_ionq.ionq_provider import BackendService

from vm.quantum.backends.backend import Job
from vm.quantum.backends.ionq import answers
from vm.quantum.backends.ionq.settings import MOST_SHOTS, PASSING
from vm.quantum.backends.ionq.wire import Wire
from vm.quantum.backends.offers import Amount, Estimate, JobOptions
from vm.quantum.gates import angles_of, append
from vm.trap import FaultError

# The names of the API's reference with one meaning each. The library would also send P and CP as a Z with an angle, and
# SX under a control as V; the reference gives angles to RX, RY, RZ and the three of two qubits alone.
BASIS: Final = (
    "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "cx", "swap", "rxx", "ryy", "rzz",
)  # fmt: skip
PAGE: Final = 25
"""Jobs of one answer to a listing: the most that the API gives."""

SHORTEST_SEARCH: Final = 0.2
"""Seconds between two searches of the list of jobs, where requests need not be apart."""

agent = get_user_agent


class Client(IonQClient):  # type: ignore[misc, unused-ignore]
    """The library's client, by a :class:`Wire`."""

    def __init__(self, wire: Wire, lag: float) -> None:
        super().__init__(token=None, url=wire.address)
        self.wire = wire
        self._lag = lag
        """Seconds after which a job that was sent is in the list of jobs."""

    def submit_job(self, job: Any) -> dict[str, Any]:
        """Send a job. If the answer is lost, the list of jobs is searched for it.

        A job that costs nothing and is not in the list is sent again. One that costs money is not: the list is searched
        until the job must be in it, and then the run ends, to be resumed."""
        arguments = job._passed_args
        target = job.backend().target_name
        body = qiskit_to_ionq(job.circuit, job.backend(), arguments, job.extra_query_params, job.extra_metadata)
        is_paid = target != "simulator"

        def done() -> dict[str, str] | None:
            # A job of a moment ago is among the newest.
            found = self.await_job(arguments["name"], target, pages=8, is_all=False, lag=self._lag if is_paid else 0.0)
            if found is None and is_paid:
                raise FaultError(
                    "backend",
                    f"the answer to sending the job {arguments['name']} to {target} was lost, and after "
                    f"{self._lag:g} s it is not in the list of jobs; it was not sent again",
                )
            return None if found is None else {"id": found}

        answer = self.wire.ask("POST", "jobs", body=body, done=done)
        try:
            return {"id": answers.identifier(answer)}
        except FaultError as fault:
            problem = fault
        # The job may be there all the same.
        if (found := done()) is not None:
            return found
        raise problem

    def retrieve_job(self, job_id: str) -> dict[str, Any]:
        """A job as the server has it."""
        return answers.table(self.wire.ask("GET", f"jobs/{job_id}", passing=PASSING), "a job")

    def job_cost(self, job_id: str) -> Amount | None:
        """What a finished job cost."""
        return answers.cost(self.wire.ask("GET", f"jobs/{job_id}/cost", passing=PASSING))

    def cancel_job(self, job_id: str) -> dict[str, Any]:
        """Give a job up."""
        return answers.table(self.wire.ask("PUT", f"jobs/{job_id}/status/cancel"), "what was canceled")

    def await_job(self, name: str, target: str, pages: int, is_all: bool, lag: float) -> str | None:
        """Do :meth:`find_job` until it finds the job or ``lag`` seconds have passed."""
        pace = self.wire.pace
        end = pace.clock() + lag
        while (found := self.find_job(name, target, pages, is_all)) is None and (left := end - pace.clock()) > 0:
            pace.sleep(min(left, max(self.wire.interval, SHORTEST_SEARCH)))
        return found

    def find_job(self, name: str, target: str, pages: int, is_all: bool) -> str | None:
        """The identifier of the job that a name identifies, newest first, however it ended.

        The API filters by target, not by name. ``is_all``: that there are more pages is a fault."""
        params: dict[str, Any] = {"limit": PAGE, "target": target}
        seen: set[str] = set()
        for _ in range(pages):
            page = answers.table(self.wire.ask("GET", "jobs", params=params), "a list of jobs")
            jobs = page.get("jobs")
            if not isinstance(jobs, list):
                raise answers.odd("a list of jobs has no 'jobs'")
            for job in jobs:
                row = answers.table(job, "a job")
                if _is_named(row.get("name"), name) and row.get("backend", target) == target:
                    return answers.identifier(row)
            following = page.get("next")
            if not following:
                return None
            if not isinstance(following, str) or following in seen:
                raise answers.odd("a list of jobs has no proper 'next'")
            seen.add(following)
            params = {**params, "next": following}
        if is_all:
            raise FaultError(
                "backend", f"the job {name} is not among the newest {pages * PAGE:,} of {target}: older were not read"
            )
        return None


def _is_named(shown: object, name: str) -> bool:
    """Whether the name that IonQ shows of a job ends in the one that identifies it: a user's may be before it."""
    return isinstance(shown, str) and (shown == name or shown.endswith(f" {name}"))


class Provider(IonQProvider):  # type: ignore[misc, unused-ignore]
    """Looks nothing up: no file, no variable, no server."""

    def __init__(self, address: str) -> None:
        self.custom_headers = None
        self.credentials = {"token": None, "url": address}
        self.backends = BackendService([])


class Target(IonQBackend):  # type: ignore[misc, unused-ignore]
    """One of IonQ's backends, of which the size is known."""

    def __init__(self, client: Client, target: str, noise: str, qubits: int) -> None:
        self.target_name = target
        self._noise = noise
        self._is_simulator = target == "simulator"
        with warnings.catch_warnings():
            # It is told at what level to transpile, which is not what the user's Qiskit is set to.
            warnings.simplefilter("ignore")
            super().__init__(
                provider=Provider(client.wire.address),
                name=f"ionq_{target}",
                description="",
                gateset="qis",
                num_qubits=qubits,
                simulator=self._is_simulator,
            )
        self._client = self._own = client

    def send(self, job: Job, options: JobOptions) -> str:
        """Submit a job; its identifier.

        On hardware each shot is one result of the circuit as it is, unless debiasing is asked for."""
        is_ideal = self._is_simulator and self._noise == "ideal"
        self.options.update_options(sampler_seed=job.seed)
        mitigation = ErrorMitigation.DEBIASING if options.debiasing else ErrorMitigation.NO_DEBIASING
        sent = self.run(
            self.circuit(job),
            name=job.name if options.name is None else f"{options.name} {job.name}",
            shots=min(job.shots, MOST_SHOTS) if is_ideal else job.shots,
            noise_model=self._noise,
            error_mitigation=None if self._is_simulator else mitigation,
            extra_metadata=dict(options.metadata),
        )
        return str(sent.job_id())

    def circuit(self, job: Job) -> QuantumCircuit:
        """A job's circuit of the gates that IonQ knows, every qubit measured at its place."""
        if not np.isfinite(job.angles).all():
            raise FaultError("backend", "an angle is no number: IonQ cannot turn by it")
        made = QuantumCircuit(job.circuit.qubits, name=job.name)
        for (code, places), angles in zip(job.circuit.gates, job.angles.tolist(), strict=True):
            append(made, code, list(places), angles[: angles_of(code)])
        # Every qubit can meet every other: nothing is routed, so qubits keep their places.
        made = transpile(made, basis_gates=list(BASIS), optimization_level=1, seed_transpiler=0)
        made.measure_all()
        return made

    def estimate(self, job: Job, options: JobOptions) -> Estimate:
        """The cost and the queue of a job."""
        sizes = [len(step.qubits) for step in self.circuit(job).data if step.operation.name in BASIS]
        params = {
            "type": "ionq.circuit.v1",
            "backend": self.target_name,
            "1q_gates": sizes.count(1),
            "2q_gates": sizes.count(2),
            "qubits": job.circuit.qubits,
            "shots": job.shots,
            "error_mitigation": str(options.debiasing).lower(),
        }
        return answers.estimate(self._own.wire.ask("GET", "jobs/estimate", params=params))
