"""IonQ, by a server on loopback: every gate, every fault, and nothing of the key."""

from __future__ import annotations

import logging
import math
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from tests.ionq_server import KEY, Fault, Server
from tests.programs import finished
from tests.vm.test_shots import LIMIT, chi_square, counts, shots
from vm.quantum.backends.backend import Job
from vm.quantum.backends.choose import make
from vm.quantum.backends.ionq import IonQ, answers
from vm.quantum.backends.ionq.settings import read
from vm.quantum.backends.ionq.wire import TRIES, Pace
from vm.quantum.backends.offers import JobOptions
from vm.quantum.gates import GATES, append
from vm.quantum.log import Circuit
from vm.trap import FaultError

PAIR = "main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 1\n QMEAS r2, 2\n QHALT"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        monkeypatch.setenv("IONQ_API_KEY", KEY)
        monkeypatch.setenv("IONQ_API_URL", running.address)
        monkeypatch.setenv("QBC_IONQ_INTERVAL", "0.001")
        yield running


def job(name: str = "qbc-test-0", shots: int = 1000) -> Job:
    names = {gate.mnemonic: code for code, gate in GATES.items()}
    return Job(Circuit(2, ((names["QH"], (0,)), (names["QCX"], (0, 1)))), np.zeros((2, 3)), shots, name, 3)


def names(server: Server) -> list[tuple[str, str]]:
    return [(request.method, request.path.removeprefix("/v0.4")) for request in server.service.requests]


# -- what it computes


@pytest.mark.parametrize("code", sorted(GATES))
def test_every_gate(server: Server, code: int) -> None:
    """After a start in which everything shows, and turned out of it, so that phases show too."""
    random = np.random.default_rng(code)
    turn = next(one for one, gate in GATES.items() if gate.mnemonic == "QU")
    gates: list[tuple[int, tuple[int, ...]]] = [(turn, (place,)) for place in range(3)]
    gates += [(code, tuple(random.permutation(3)[: GATES[code].qubits].tolist()))]
    gates += [(turn, (place,)) for place in range(3)]
    angles = random.uniform(-3, 3, (len(gates), 3))
    device = IonQ("simulator")
    sent = Job(Circuit(3, tuple(gates)), angles, 100_000, "qbc-gate", 1)
    found = device.result(device.submit(sent), sent)
    circuit = QuantumCircuit(3)
    for (one, places), row in zip(gates, angles.tolist(), strict=True):
        append(circuit, one, list(places), row[: GATES[one].angles])
    exact = np.abs(Statevector(circuit).data) ** 2
    (identifier,) = server.service.jobs
    theirs = server.service.probabilities(server.service.jobs[identifier])
    assert np.allclose([theirs.get(str(value), 0.0) for value in range(8)], exact, atol=1e-9)
    assert sum(found.values()) == 100_000
    expected = {(value,): float(p) for value, p in enumerate(exact) if p > 1e-12}
    assert sum((found.get(v, 0) - 1e5 * p) ** 2 / (1e5 * p) for (v,), p in expected.items()) < LIMIT[7] + 10


def test_a_pair(server: Server) -> None:
    found = shots(PAIR, 1000, backend="ionq:simulator")
    assert set(counts(found)) == {(0, 0), (1, 1)}
    assert sum(counts(found).values()) == 1000
    assert counts(shots(PAIR, 1000, backend="ionq:simulator")) == counts(found)
    assert names(server)[:3] == [("GET", "/backends"), ("POST", "/jobs"), ("GET", "/jobs/job-0")]
    assert {request.key for request in server.service.requests} == {f"apiKey {KEY}"}


def test_bits_are_in_their_places(server: Server) -> None:
    text = "main: QALLOC r0, 3\n QX 1\n QRY 3, 0.9\n QMEAS r1, 1\n QMEAS r2, 2\n QMEAS r3, 3\n QHALT"
    one = math.sin(0.45) ** 2
    found = shots(text, 2000, backend="ionq:simulator")
    assert chi_square(counts(found), {(1, 0, 1): one, (1, 0, 0): 1 - one}) < LIMIT[1]


def test_hardware_gives_its_own_counts(server: Server) -> None:
    device = IonQ("qpu.forte-1")
    assert device.is_paid
    assert device.qubits == 36
    assert str(device.estimate(job())) == "estimated cost 3.20 USD, 12 minutes of queue"
    server.service.shape = "older"
    assert str(device.estimate(job())) == "estimated cost 3.20 USD, 12 minutes of queue"
    found = device.result(device.submit(job()), job())
    assert sum(found.values()) == 1000
    assert set(found) == {0, 3}


def test_backends_are_listed(server: Server) -> None:
    rows = [(one.name, one.qubits, one.state, one.queue) for one in make("ionq:simulator").state()]
    assert rows[:3] == [
        ("ionq:simulator", 29, "available", None),
        ("ionq:qpu.forte-1", 36, "available", 1181.215),
        ("ionq:qpu.forte-enterprise-1", 36, "unavailable", None),
    ]
    # Noise models outlive their machines; the simulator itself is the bound of the larger ones.
    assert ("ionq:simulator.aria-1", 25, "available; the noise of aria-1", None) in rows
    assert ("ionq:simulator.harmony", 11, "available; the noise of harmony", None) in rows
    assert ("ionq:simulator.forte-1", 29, "available; the noise of forte-1", None) in rows


# -- faults

PASSING = [
    Fault("POST", "/jobs", "429", 2),
    Fault("POST", "/jobs", "429", 1, retry_after="0"),
    Fault("POST", "/jobs", "500", 2),
    Fault("POST", "/jobs", "503", 1, retry_after="0"),
    Fault("POST", "/jobs", "dropped", 2),
    Fault("POST", "/jobs", "lost"),
    Fault("POST", "/jobs", "truncated"),
    Fault("POST", "/jobs", "garbage"),
    Fault("GET", "/jobs/*", "500", 2),
    Fault("GET", "/jobs/*", "404"),
    Fault("GET", "/jobs/*", "409", 2),
    Fault("GET", "/jobs/*", "garbage", 2),
    Fault("GET", "/jobs/*", "truncated"),
    Fault("GET", "/jobs/*", "cut"),
    Fault("GET", "/probabilities", "404"),
    Fault("GET", "/probabilities", "409"),
    Fault("GET", "/probabilities", "cut"),
    Fault("GET", "/probabilities", "garbage"),
    Fault("GET", "/backends", "garbage"),
    Fault("GET", "/jobs/*", "dropped", 2),
    Fault("GET", "/jobs/*", "429", 2),
    Fault("GET", "/probabilities", "502", 2),
    Fault("GET", "/probabilities", "truncated"),
    Fault("GET", "/backends", "500"),
]


@pytest.mark.parametrize(
    "fault", PASSING, ids=lambda fault: f"{fault.method}{fault.path}-{fault.kind}".replace("/", "_")
)
def test_what_passes_is_tried_again(server: Server, fault: Fault) -> None:
    """One job, whatever happens on the way."""
    server.service.faults = [fault]
    found = shots(PAIR, 100, backend="ionq:simulator")
    assert found.status == 0
    assert sum(counts(found).values()) == 100
    assert len(server.service.jobs) == 1


LASTING = [
    (Fault("POST", "/jobs", "401", 99), "IonQ refused the key in IONQ_API_KEY (401): the service says no"),
    (Fault("POST", "/jobs", "400", 99), "(400): the service says no"),
    (Fault("POST", "/jobs", "429", 99), "too many requests (429): the service says no; given up after 8 tries"),
    (Fault("POST", "/jobs", "500", 99), "the server failed (500): the service says no; given up after 8 tries"),
    (Fault("POST", "/jobs", "429", 99, retry_after="86400"), "IonQ wants no request for 86,400 seconds"),
    (Fault("POST", "/jobs", "dropped", 99), "given up after 8 tries"),
    (Fault("POST", "/jobs", "body", 99, body=[1]), "makes no sense: a job is no object"),
    (Fault("POST", "/jobs", "body", 99, body={"id": "../../x"}), "a job has no proper 'id'"),
    (Fault("POST", "/jobs", "307", 99), "the server sends elsewhere (307)"),
    (Fault("GET", "/jobs/*", "404", 99), "the server answers 404: the service says no; given up after 8 tries"),
    (Fault("GET", "/jobs/*", "garbage", 99), "the answer is not JSON: '<html>maintenance</html>'; given up after 8"),
    (Fault("GET", "/jobs/*", "body", 99, body={"id": "a", "status": "gone"}), "the status of a job is 'gone'"),
    (Fault("GET", "/probabilities", "body", 99, body={"0": 0.4}), "the probabilities sum to 0.4, not to 1"),
    (Fault("GET", "/probabilities", "body", 99, body={"9": 1.0}), "'9' is no value of 2 qubits"),
    (Fault("GET", "/probabilities", "body", 99, body={"0": "x"}), "the probability of 0 is 'x'"),
    (Fault("GET", "/probabilities", "body", 99, body=7), "the probabilities is no object"),
    (Fault("GET", "/backends", "body", 99, body=[{}]), "a backend lacks its name"),
    (Fault("GET", "/backends", "body", 99, body=[]), "IonQ has no backend ionq:simulator"),
]


@pytest.mark.parametrize(("fault", "words"), LASTING, ids=lambda value: getattr(value, "kind", None))
def test_what_lasts_is_one_line(
    server: Server, fault: Fault, words: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """And the key is in nothing: no message, no trace, no log."""
    caplog.set_level(logging.DEBUG)
    server.service.faults = [fault]
    outcome = finished(PAIR, engine="interp", seed=1, backend="ionq:simulator").outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert outcome.trap.name == "backend"
    assert words in outcome.trap.message
    assert "\n" not in outcome.trap.message
    device = IonQ("simulator")
    with pytest.raises(FaultError) as caught:
        device.result(device.submit(job()) if device.qubits else "", job())
    trace = "".join(traceback.format_exception(caught.value))
    assert KEY not in "".join((trace, repr(device), outcome.trap.message, caplog.text, *capfd.readouterr()))
    assert len(server.service.requests) <= 8 * TRIES


def test_a_wrong_key_that_the_server_repeats_is_not_shown(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IONQ_API_KEY", "another-secret-key")
    with pytest.raises(FaultError) as caught:
        IonQ("simulator").state()
    assert caught.value.message == ("IonQ refused the key in IONQ_API_KEY (401): Invalid key provided: [key]")


def test_a_failed_job_says_why(server: Server) -> None:
    server.service.fails = "the budget is spent"
    outcome = finished(PAIR, engine="interp", seed=1, backend="ionq:simulator").outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert outcome.trap.message == "the job job-0 failed: the budget is spent (QuotaExhausted)"


def test_a_job_that_does_not_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.service.polls = -1
    monkeypatch.setenv("QBC_IONQ_TIMEOUT", "0.2")
    device = IonQ("simulator")
    with pytest.raises(FaultError, match=r"is still 'started' after 0.2 s; it is not canceled"):
        device.result(device.submit(job()), job())


def test_a_canceled_job(server: Server) -> None:
    device = IonQ("simulator")
    identifier = device.submit(job())
    device.cancel(identifier)
    with pytest.raises(FaultError, match="the job job-0 was canceled"):
        device.result(identifier, job())
    # A run that is resumed must hear of it, and ask before it sends another one.
    assert device.find(job()) == identifier


def test_jobs_are_found_by_name(server: Server) -> None:
    device = IonQ("simulator")
    for number in range(60):
        device.submit(job(f"qbc-test-{number}"))
    assert device.find(job("qbc-test-2")) == "job-2"
    assert device.find(job("qbc-other-2")) is None


def test_whatever_fails_in_qiskit_is_one_line(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from vm.quantum.backends.ionq.client import Target

    def broken(self: Target, sent: Job, options: JobOptions) -> str:
        raise RuntimeError(f"circuit broken\nwith {KEY}")

    monkeypatch.setattr(Target, "send", broken)
    with pytest.raises(FaultError) as caught:
        IonQ("simulator").submit(job())
    assert caught.value.message == "IonQ cannot be used: RuntimeError: circuit broken with [key]"
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_an_odd_answer_to_a_job_that_is_there(server: Server) -> None:
    """It is found by its name."""
    device = IonQ("simulator")
    first = device.submit(job())
    server.service.faults = [Fault("POST", "/jobs", "body", 1, body={"no": "id"})]
    assert device.submit(job()) == first
    assert len(server.service.jobs) == 1


def test_a_slow_answer_is_waited_for(server: Server) -> None:
    server.service.faults = [Fault("GET", "/backends", "slow", body=0.5)]
    assert IonQ("simulator").qubits == 29


# -- hardware never gets a job twice


@pytest.mark.parametrize("kind", ["lost", "500-lost", "503-lost", "504-lost"])
@pytest.mark.parametrize("lag", [0.0, 1.0])
def test_a_list_that_lags_causes_no_second_job(
    server: Server, monkeypatch: pytest.MonkeyPatch, kind: str, lag: float
) -> None:
    monkeypatch.setenv("QBC_IONQ_LAG", "20")
    server.service.lag = lag
    server.service.faults = [Fault("POST", "/jobs", kind)]
    device = IonQ("qpu.forte-1")
    assert device.submit(job()) == "job-0"
    assert [request.method for request in server.service.requests].count("POST") == 1


@pytest.mark.parametrize("kind", ["dropped", "500", "truncated", "garbage"])
def test_hardware_is_not_asked_again_where_nobody_knows(
    server: Server, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("QBC_IONQ_LAG", "0.5")
    server.service.faults = [Fault("POST", "/jobs", kind)]
    with pytest.raises(FaultError, match=r"after 0.5 s it is not in the list of jobs; it was not sent again"):
        IonQ("qpu.forte-1").submit(job())
    assert [request.method for request in server.service.requests].count("POST") == 1


def test_hardware_that_refuses_is_asked_again(server: Server) -> None:
    server.service.faults = [Fault("POST", "/jobs", "429", 2)]
    assert IonQ("qpu.forte-1").submit(job()) == "job-0"


# -- what users ask of jobs


def test_names_and_metadata(server: Server) -> None:
    device = IonQ("qpu.forte-1")
    device.configure(JobOptions("my run", (("project", "moonshine"), ("a", "b=c"))))
    device.submit(job("qbc-1-0"))
    sent = server.service.jobs["job-0"]
    assert sent["name"] == "my run qbc-1-0"
    assert (sent["metadata"]["project"], sent["metadata"]["a"]) == ("moonshine", "b=c")
    assert device.find(job("qbc-1-0")) == "job-0"


def test_debiasing(server: Server) -> None:
    device = IonQ("qpu.forte-1")
    device.submit(job())
    device.configure(JobOptions(debiasing=True, sharpen=True))
    identifier = device.submit(job())
    first, second = (one["settings"]["error_mitigation"] for one in server.service.jobs.values())
    assert (first, second) == ({"debiasing": False}, {"debiasing": True})
    device.estimate(job())
    assert sum(device.result(identifier, job()).values()) == 1000
    queries = {request.path.rpartition("/")[2]: request.query for request in server.service.requests}
    assert queries["probabilities"] == "sharpen=true"
    assert "error_mitigation=true" in queries["estimate"]
    few = replace(job(), shots=499)
    with pytest.raises(FaultError, match="--debiasing needs at least 500 shots a job, not 499"):
        device.submit(few)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("qpu.forte-1", JobOptions(sharpen=True), "give both"),
        ("simulator", JobOptions(debiasing=True), "'ionq:simulator' does not take --debiasing"),
        ("simulator.aria-1", JobOptions(debiasing=True, sharpen=True), "does not take --debiasing, --sharpen"),
        ("qpu.forte-1", JobOptions(metadata=tuple((str(i), "") for i in range(11))), "at most 10 entries"),
        ("qpu.forte-1", JobOptions(metadata=(("k" * 41, ""),)), "keys of 1 to 40"),
        ("qpu.forte-1", JobOptions(metadata=(("k", "v" * 401),)), "values of at most 400"),
    ],
)
def test_options_that_make_no_sense(name: str, options: JobOptions, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        IonQ(name).configure(options)


def test_a_job_of_too_many_shots(server: Server) -> None:
    found = shots(PAIR, 2_000_000, backend="ionq:qpu.forte-1")
    trap = found.paths[0].outcome.trap
    assert trap is not None
    assert trap.message == "ionq:qpu.forte-1 takes at most 1,000,000 shots a job, not 2,000,000"
    assert not server.service.jobs
    # An exact simulator sends probabilities, of which any number is drawn.
    found = shots(PAIR, 2_000_000, backend="ionq:simulator")
    assert sum(counts(found).values()) == 2_000_000


def test_what_a_job_cost(server: Server) -> None:
    device = IonQ("qpu.forte-1")
    identifier = device.submit(job())
    assert str(device.cost(identifier)) == "3.10 USD"
    server.service.cost = None
    assert device.cost(identifier) is None
    server.service.cost = "free"
    with pytest.raises(FaultError, match="makes no sense: the cost is 'free'"):
        device.cost(identifier)


def test_credits_and_currencies() -> None:
    def read(unit: str) -> str:
        return str(answers.estimate({"estimated_total_cost": 1234.5, "estimated_unit": unit}).cost)

    assert [read(unit) for unit in ("usd", "credit", "EUR", "")] == [
        "1,234.50 USD", "1,234.50 credits", "1,234.50 EUR", "1,234.50 credits",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "warning"),
    [
        ("available", None),
        ("unavailable", "ionq:qpu.forte-1 is unavailable; a job waits until it is available"),
        ("calibrating", "ionq:qpu.forte-1 is calibrating"),
    ],
)
def test_a_machine_that_is_not_available(server: Server, state: str, warning: str | None) -> None:
    server.service.state = state
    assert IonQ("qpu.forte-1").warning() == warning


def test_a_machine_that_is_retired(server: Server) -> None:
    server.service.state = "retired"
    with pytest.raises(FaultError, match=r"ionq:qpu\.forte-1 is retired: it runs no jobs"):
        IonQ("qpu.forte-1").warning()


def test_noise_of_a_machine_that_is_not_listed(server: Server) -> None:
    """Machines are retired; their noise models stay."""
    assert [IonQ(f"simulator.{name}").qubits for name in ("harmony", "aria-1", "forte-1")] == [11, 25, 29]
    found = shots(PAIR, 100, backend="ionq:simulator.aria-1")
    assert found.status == 0
    assert server.service.jobs["job-0"]["noise"]["model"] == "aria-1"
    with pytest.raises(FaultError, match="IonQ has no noise model 'arya-1': there are aria-1, aria-2, forte-1, "):
        assert IonQ("simulator.arya-1").qubits


# -- what the environment says


def test_requests_are_apart() -> None:
    """By a clock of our own."""
    now = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(lambda: now[0], sleep)
    for spent in (0.0, 1.0, 9.0):
        with pace.turn(read({"IONQ_API_KEY": "k"}).interval):
            now[0] += spent
    with pace.turn(4.0):
        pass
    assert slept == [4.0, 3.0]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "set the environment variable IONQ_API_KEY"),
        ({"IONQ_API_KEY": "  "}, "set the environment variable IONQ_API_KEY"),
        ({"IONQ_API_KEY": "a\nb"}, "has a space or a letter in it that no key has"),
        ({"IONQ_API_URL": "http://api.ionq.co/v0.4"}, "is plain http, which would show the key to the network"),
        ({"IONQ_API_URL": "http://127.0.0.1.evil.example/"}, "is plain http"),
        ({"IONQ_API_URL": "https://user:word@host/"}, "has a user name or a password in it"),
        ({"IONQ_API_URL": "ftp://127.0.0.1/"}, "is no address"),
        ({"IONQ_API_URL": "http://127.0.0.1:99999/"}, "a port above 65535"),
        ({"QBC_IONQ_INTERVAL": "-1"}, "QBC_IONQ_INTERVAL is '-1'"),
        ({"QBC_IONQ_TIMEOUT": "soon"}, "QBC_IONQ_TIMEOUT is 'soon'"),
    ],
)
def test_settings_that_make_no_sense(environment: dict[str, str], words: str) -> None:
    given = {"IONQ_API_KEY": "k", **environment} if environment else {}
    with pytest.raises(FaultError, match=words):
        read(given)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/v", "http://localhost/v", "http://[::1]:2/v", "https://a.b/v"])
def test_addresses_that_are_right(address: str) -> None:
    settings = read({"IONQ_API_KEY": "k", "IONQ_API_URL": f"{address}/"})
    assert settings.address == address
    assert "'k'" not in repr(settings)


def test_a_hostile_env_file_changes_nothing(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the key, not the address, not a proxy, wherever it lies."""
    with Server() as stranger:
        text = f"IONQ_API_KEY=stolen\nIONQ_API_URL={stranger.address}\nIONQ_API_TOKEN=stolen\nHTTP_PROXY={stranger.address}\n"
        (tmp_path / ".env").write_text(text)
        (tmp_path / "below").mkdir()
        monkeypatch.chdir(tmp_path / "below")
        (tmp_path / "below" / ".env").write_text(text)
        found = shots(PAIR, 10, backend="ionq:simulator")
        assert found.status == 0
        assert not stranger.service.requests
        monkeypatch.delenv("IONQ_API_KEY")
        with pytest.raises(FaultError, match="IONQ_API_KEY"):
            IonQ("simulator").state()
        assert not stranger.service.requests


def test_a_proxy_sees_no_plain_request(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as stranger:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, stranger.address)
        assert IonQ("simulator").qubits == 29
        assert not stranger.service.requests


@pytest.mark.parametrize("text", ["", "magic", "qpu", "qpu.", "simulator.", "qpu.a/../b"])
def test_names_that_do_not_exist(text: str) -> None:
    with pytest.raises(ValueError, match="no backend 'ionq:"):
        make(f"ionq:{text}")


def test_a_server_that_is_not_there(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IONQ_API_URL", "http://127.0.0.1:9/v0.4")
    with pytest.raises(FaultError, match=r"cannot connect to 127.0.0.1:9; given up after 8 tries"):
        IonQ("simulator").state()


def test_a_missing_package(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in ("qiskit_ionq", "vm.quantum.backends.ionq.client", "vm.quantum.backends.ionq.wire"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "qiskit_ionq", None)
    with pytest.raises(FaultError, match=r"pip install 'qbcc\[ionq\]'"):
        IonQ("simulator").state()


def test_angles_that_are_no_numbers(server: Server) -> None:
    turn = next(one for one, gate in GATES.items() if gate.mnemonic == "QRX")
    wrong: Any = np.full((1, 3), np.nan)
    with pytest.raises(FaultError, match="an angle is no number"):
        IonQ("simulator").submit(Job(Circuit(1, ((turn, (0,)),)), wrong, 10, "qbc-nan", 0))
