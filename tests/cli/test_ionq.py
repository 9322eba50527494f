"""Runs on IonQ by the command line: cost, journals, runs that are cut off, and what is refused beforehand."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_shots import ENVIRONMENT, QBC
from tests.ionq_server import KEY, Fault, Server
from tests.programs import build
from vm.machine import Machine

PAIR = "main: QALLOC r4, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 1\n QMEAS r2, 2\n QHALT\n"
ANOTHER = PAIR.replace(" QHALT", " QALLOC r4\n QX r4\n QMEAS r5, r4\n QHALT")


# The second job is of a qubit that is new after the first was measured.
TWO_JOBS = PAIR.replace(" QHALT", " QALLOC r4\n QH r4\n QMEAS r5, r4\n QHALT")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def environment(server: Server) -> dict[str, str]:
    ours = {"IONQ_API_KEY": KEY, "IONQ_API_URL": server.address, "QBC_IONQ_INTERVAL": "0.001"}
    return {**ENVIRONMENT, **ours}


def start(server: Server, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*QBC, *arguments],
        cwd=folder,
        env=environment(server),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def qbc(server: Server, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(server, folder, *arguments)
    out, err = process.communicate(timeout=120)
    assert KEY not in out + err
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def put(folder: Path, text: str) -> str:
    (folder / "p.qbc").write_text(text)
    return "p.qbc"


def journal(folder: Path) -> tuple[str, str]:
    (path,) = (folder / ".qbc" / "runs").glob("*.json")
    content = path.read_text()
    assert KEY not in content
    return path.stem, content


def wait(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def posts(server: Server) -> int:
    return sum(request.method == "POST" for request in server.service.requests)


def test_shots_on_the_simulator(server: Server, tmp_path: Path) -> None:
    options = ["--backend", "ionq:simulator", "--shots", "1000", "--seed", "3", "--hist"]
    done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), *options)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[1:3]] in (["00", "11"], ["11", "00"])
    assert "job job-0 on ionq:simulator: 2 qubits, 2 gates, 1,000 shots" in done.stderr
    assert f"qbc run --resume {journal(tmp_path)[0]}" in done.stderr
    assert posts(server) == 1


def test_hardware_wants_yes(server: Server, tmp_path: Path) -> None:
    options = ["--backend", "ionq:qpu.forte-1", "--shots", "100"]
    done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), *options)
    assert done.returncode == 83
    assert "ionq:qpu.forte-1: estimated cost 3.20 USD, 12 minutes of queue; nothing was sent: --yes" in done.stderr
    assert posts(server) == 0
    done = qbc(server, tmp_path, "run", "p.qbc", *options, "--yes")
    assert done.returncode == 0
    assert "ionq:qpu.forte-1: estimated cost 3.20 USD, 12 minutes of queue\n" in done.stderr
    assert posts(server) == 1


def test_what_a_run_cost_is_told(server: Server, tmp_path: Path) -> None:
    options = ["--backend", "ionq:qpu.forte-1", "--shots", "100", "--yes"]
    done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), *options)
    assert "job job-0 cost 3.10 USD\n" in done.stderr
    server.service.cost = None
    assert "job job-1: the cost is not known yet\n" in qbc(server, tmp_path, "run", "p.qbc", *options).stderr
    server.service.faults = [Fault("GET", "/cost", "401", 99)]
    done = qbc(server, tmp_path, "run", "p.qbc", *options)
    assert done.returncode == 0
    assert "job job-2: the cost is not known: IonQ refused the key" in done.stderr


def test_a_bound_on_the_cost(server: Server, tmp_path: Path) -> None:
    """Of all jobs of a run together, those of the part before it was cut off too."""
    options = ["--backend", "ionq:qpu.forte-1", "--yes", "--seed", "1", "--max-cost"]
    done = qbc(server, tmp_path, "run", put(tmp_path, ANOTHER), *options, "3")
    assert done.returncode == 83
    assert "estimated cost 3.20 USD, 12 minutes of queue; that is more than --max-cost 3, and it was not" in done.stderr
    assert posts(server) == 0
    (tmp_path / "p.qbc").write_text(TWO_JOBS)
    done = qbc(server, tmp_path, "run", "p.qbc", *options, "4")
    assert done.returncode == 83
    assert "after jobs of 3.20; that is more than --max-cost 4" in done.stderr
    assert posts(server) == 1
    identifier = journal(tmp_path)[0]
    done = qbc(server, tmp_path, "run", "--resume", identifier, "--yes", "--max-cost", "5")
    assert "after jobs of 3.20; that is more than --max-cost 5" in done.stderr
    done = qbc(server, tmp_path, "run", "--resume", identifier, "--yes", "--max-cost", "7")
    assert (done.returncode, posts(server)) == (0, 2)


def test_a_dry_run_sends_nothing(server: Server, tmp_path: Path) -> None:
    for backend in ("ionq:qpu.forte-1", "ionq:simulator"):
        for more in ([], ["--shots", "250"], ["--json"]):
            done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", backend, "--dry-run", *more)
            size = "250 shots" if "250" in more else "1 shot"
            line = f"{backend}: estimated cost 3.20 USD, 12 minutes of queue"
            assert done.returncode == 0, done.stderr
            assert f"dry run: the first job is of 2 qubits, 2 gates, {size}\n{line}\n" in done.stderr
            assert "trap" not in done.stderr
            found = json.loads(done.stdout) if "--json" in more else {"dry_run": {"qubits": 2}}
            assert found["dry_run"]["qubits"] == 2
    assert posts(server) == 0
    assert not list((tmp_path / ".qbc" / "runs").iterdir())


def test_options_of_devices_are_refused_elsewhere(server: Server, tmp_path: Path) -> None:
    put(tmp_path, PAIR)
    for options in (["--dry-run"], ["--max-cost", "1"], ["--job-name", "x"], ["--metadata", "a=b"], ["--debiasing"]):
        done = qbc(server, tmp_path, "run", "p.qbc", *options)
        assert done.returncode == 2
        assert "are for devices, and the backend 'aer' is not one" in done.stderr
    done = qbc(server, tmp_path, "run", "p.qbc", "--backend", "ionq:simulator", "--debiasing")
    assert (done.returncode, "'ionq:simulator' does not take --debiasing" in done.stderr) == (2, True)
    assert qbc(server, tmp_path, "run", "p.qbc", "--metadata", "novalue").returncode == 2
    assert posts(server) == 0


def test_names_go_with_a_run_that_is_resumed(server: Server, tmp_path: Path) -> None:
    server.service.fails = "the budget is spent"
    options = ["--backend", "ionq:qpu.forte-1", "--yes", "--job-name", "mine", "--metadata", "a=b"]
    assert qbc(server, tmp_path, "run", put(tmp_path, PAIR), *options).returncode == 83
    server.service.fails = ""
    assert qbc(server, tmp_path, "run", "--resume", journal(tmp_path)[0], "--yes").returncode == 0
    names = [job["name"] for job in server.service.jobs.values()]
    assert len(set(names)) == 2
    assert all(name.startswith("mine qbc-") for name in names)
    assert all(job["metadata"]["a"] == "b" for job in server.service.jobs.values())


@pytest.mark.parametrize("backend", ["ionq:qpu.forte-1", "ionq:simulator"])
def test_a_failed_job_is_sent_anew_after_asking(server: Server, tmp_path: Path, backend: str) -> None:
    server.service.fails = "the budget is spent"
    done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", backend, "--yes", "--shots", "10")
    assert "the job job-0 failed: the budget is spent (QuotaExhausted)" in done.stderr
    assert posts(server) == 1
    server.service.fails = ""
    identifier = journal(tmp_path)[0]
    done = qbc(server, tmp_path, "run", "--resume", identifier)
    assert done.returncode == 83
    assert "(QuotaExhausted); it was not sent again: --yes sends it" in done.stderr
    assert posts(server) == 1
    done = qbc(server, tmp_path, "run", "--resume", identifier, "--yes")
    assert done.returncode == 0, done.stderr
    assert "(QuotaExhausted); it is sent again\n" in done.stderr
    assert posts(server) == 2
    assert qbc(server, tmp_path, "run", "--resume", identifier).returncode == 0
    assert posts(server) == 2


def test_a_job_of_hardware_whose_answer_was_lost(server: Server, tmp_path: Path) -> None:
    """Nobody knows whether it runs: the run ends, and goes on with it once it is listed."""
    server.service.lag = 3.0
    server.service.faults = [Fault("POST", "/jobs", "lost")]
    put(tmp_path, PAIR)
    settings = {**environment(server), "QBC_IONQ_LAG": "0.2"}
    command = [*QBC, "run", "p.qbc", "--backend", "ionq:qpu.forte-1", "--yes"]
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 83
    assert "after 0.2 s it is not in the list of jobs; it was not sent again" in done.stderr
    done = qbc(server, tmp_path, "run", "--resume", journal(tmp_path)[0])
    assert done.returncode == 0, done.stderr
    assert posts(server) == 1


def test_a_job_of_hardware_that_never_arrived(server: Server, tmp_path: Path) -> None:
    server.service.faults = [Fault("POST", "/jobs", "dropped")]
    put(tmp_path, PAIR)
    settings = {**environment(server), "QBC_IONQ_LAG": "0.2"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*QBC, *arguments], cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=60, check=False
        )

    assert run("run", "p.qbc", "--backend", "ionq:qpu.forte-1", "--yes").returncode == 83
    identifier = journal(tmp_path)[0]
    done = run("run", "--resume", identifier)
    assert "which may have been sent; it was not sent again: --yes sends it" in done.stderr
    assert not server.service.jobs
    assert run("run", "--resume", identifier, "--yes").returncode == 0
    assert len(server.service.jobs) == 1


def test_a_machine_that_is_not_there(server: Server, tmp_path: Path) -> None:
    server.service.state = "unavailable"
    done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:qpu.forte-1", "--yes")
    assert "warning: ionq:qpu.forte-1 is unavailable; a job waits until it is available\n" in done.stderr
    server.service.state = "retired"
    done = qbc(server, tmp_path, "run", "p.qbc", "--backend", "ionq:qpu.forte-1", "--yes")
    assert (done.returncode, "ionq:qpu.forte-1 is retired" in done.stderr) == (83, True)
    assert posts(server) == 1


def test_the_older_estimate(server: Server, tmp_path: Path) -> None:
    server.service.shape = "older"
    done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:qpu.forte-1", "--yes")
    assert done.returncode == 0
    assert "ionq:qpu.forte-1: estimated cost 3.20 USD, 12 minutes of queue\n" in done.stderr


def test_what_cannot_be_is_told_at_its_line_and_nothing_is_sent(server: Server, tmp_path: Path) -> None:
    text = PAIR.replace(" QMEAS r2, 2", " QX 1\n QPROB r2, 2")
    done = qbc(server, tmp_path, "run", put(tmp_path, text), "--backend", "ionq:simulator")
    assert done.returncode == 82
    assert "QX: a qubit was measured before, and ionq:simulator cannot go on" in done.stderr
    assert "p.qbc:5:2" in done.stderr
    assert "QPROB looks at a state, which ionq:simulator does not have" in done.stderr
    assert "p.qbc:6:2" in done.stderr
    assert done.stderr.rstrip().endswith("nothing was sent")
    assert not server.service.requests
    rows = json.loads(qbc(server, tmp_path, "run", "p.qbc", "--backend", "ionq:simulator", "--json").stdout)
    assert [row["location"]["line"] for row in rows] == [5, 6]


def test_a_killed_run_goes_on(server: Server, tmp_path: Path) -> None:
    """Killed while its second job runs: no third is sent, and the result is there."""
    server.service.endless = 1
    process = start(
        server, tmp_path, "run", put(tmp_path, ANOTHER), "--backend", "ionq:simulator", "--shots", "500", "--seed", "5"
    )
    wait(lambda: posts(server) == 2)
    wait(lambda: json.loads(journal(tmp_path)[1])["jobs"][-1]["id"] == "job-1")
    process.kill()
    process.communicate(timeout=60)
    server.service.jobs["job-1"]["left"] = 1
    sent = posts(server)
    done = qbc(server, tmp_path, "run", "--resume", journal(tmp_path)[0], "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["shots"] == 500
    assert {row["label"] for row in found["outcomes"]} == {"100", "111"}
    assert found["stats"]["seed"] == 5
    # The job of the path that was cut off was sent before; the other path has one of its own.
    assert posts(server) <= sent + 1
    again = qbc(server, tmp_path, "run", "--resume", journal(tmp_path)[0], "--json")
    assert json.loads(again.stdout)["outcomes"] == found["outcomes"]


def test_a_run_killed_while_sending_finds_its_job(server: Server, tmp_path: Path) -> None:
    """The request arrives, the process is gone before the answer."""
    server.service.faults = [Fault("POST", "/jobs", "slow", 1, body=30)]
    process = start(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:simulator")
    wait(lambda: posts(server) == 1)
    # The journal knew of the job before it was sent.
    process.kill()
    process.communicate(timeout=60)
    done = qbc(server, tmp_path, "run", "--resume", journal(tmp_path)[0])
    assert done.returncode == 0, done.stderr
    assert posts(server) == 1


def test_ctrl_c_cancels_the_job(server: Server, tmp_path: Path) -> None:
    server.service.polls = -1
    process = start(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:simulator")
    wait(lambda: any(request.path.endswith("/jobs/job-0") for request in server.service.requests))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert server.service.jobs["job-0"]["status"] == "canceled"
    assert KEY not in err
    server.service.polls = 1
    assert qbc(server, tmp_path, "run", "--resume", journal(tmp_path)[0]).returncode == 0
    assert posts(server) == 2


def test_ctrl_c_and_a_server_that_is_silent(server: Server, tmp_path: Path) -> None:
    """The request to cancel is not answered: the job keeps its name, as it may be running."""
    server.service.polls = -1
    process = start(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:simulator")
    wait(lambda: any(request.path.endswith("/jobs/job-0") for request in server.service.requests))
    server.service.faults = [Fault("PUT", "/cancel", "slow", 9, body=30)]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=25)
    assert process.returncode == 130
    assert "job job-0 was not canceled, and may go on" in err
    assert json.loads(journal(tmp_path)[1])["jobs"][0]["id"] == "job-0"


@pytest.mark.parametrize("kind", ["", "slow", "dropped"])
def test_the_time_limit_reaches_the_waiting(server: Server, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Between two looks at a job, in an answer that does not come, between two tries. The job is not canceled."""
    import vm.quantum.backends.ionq.client  # noqa: F401

    for name, value in {"IONQ_API_KEY": KEY, "IONQ_API_URL": server.address, "QBC_IONQ_INTERVAL": "0.5"}.items():
        monkeypatch.setenv(name, value)
    server.service.polls = -1
    if kind:
        server.service.faults = [Fault("GET", "/jobs/*", kind, 99, body=30)]
    machine = Machine(build(PAIR), backend="ionq:simulator", timeout=4)
    start = time.monotonic()
    outcome = machine.run()
    assert time.monotonic() - start < 25
    assert outcome.status == 80
    assert server.service.jobs["job-0"]["status"] != "canceled"


def test_a_program_that_changed_does_not_go_on(server: Server, tmp_path: Path) -> None:
    qbc(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:simulator")
    put(tmp_path, ANOTHER)
    identifier = journal(tmp_path)[0]
    done = qbc(server, tmp_path, "run", "--resume", identifier)
    assert done.returncode == 1
    assert f"error[E0806]: the program has changed since run '{identifier}' began" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("job", []),
        ("job", {"metadata": ["a"]}),
        ("job", {"name": 5}),
        ("backend", 5),
        ("engine", "magic"),
        ("args", ["x"]),
        ("memory", None),
        ("shots", "many"),
        ("defines", []),
    ],
)
def test_a_journal_that_makes_no_sense(server: Server, tmp_path: Path, name: str, value: object) -> None:
    qbc(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:simulator")
    identifier, content = journal(tmp_path)
    data = json.loads(content)
    data["run"][name] = value
    (tmp_path / ".qbc" / "runs" / f"{identifier}.json").write_text(json.dumps(data))
    done = qbc(server, tmp_path, "run", "--resume", identifier)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert f"error[E0806]: the journal of run '{identifier}' is damaged" in done.stderr


def test_calls_keep_no_journal(server: Server, tmp_path: Path) -> None:
    """What is asked for after the run could not be gone on with."""
    text = PAIR + ".query_interface\nagain: QALLOC r1\n QX r1\n QMEAS r0, r1\n QRET\n"
    done = qbc(server, tmp_path, "call", put(tmp_path, text), "again", "--backend", "ionq:simulator")
    assert (done.returncode, done.stdout) == (0, "1\n")
    assert "--resume" not in done.stderr
    assert not (tmp_path / ".qbc").exists()


def test_a_fault_is_one_clear_line(server: Server, tmp_path: Path) -> None:
    server.service.faults = [Fault("POST", "/jobs", "401", 99)]
    done = qbc(server, tmp_path, "run", put(tmp_path, PAIR), "--backend", "ionq:simulator")
    assert done.returncode == 83
    line = next(line for line in done.stderr.splitlines() if line.startswith("trap[T83]"))
    assert line.endswith("IonQ refused the key in IONQ_API_KEY (401): the service says no")
    assert "Traceback" not in done.stderr


def test_backends(server: Server, tmp_path: Path) -> None:
    done = qbc(server, tmp_path, "backends")
    assert re.search(r"^ionq:simulator\.aria-1 +25 qubits +available; the noise of aria-1$", done.stdout, re.M)
    assert re.search(r"^ionq:qpu\.forte-1 +36 qubits +available, 20 minutes of queue$", done.stdout, re.M)
    server.service.faults = [Fault("GET", "/backends", "401", 99)]
    done = qbc(server, tmp_path, "backends")
    assert done.returncode == 0
    assert "IonQ refused the key" in done.stdout


def test_journals_elsewhere(server: Server, tmp_path: Path) -> None:
    put(tmp_path, PAIR)
    (tmp_path / "file").write_text("")
    for place, status in (("runs", 0), ("file", 1)):
        process = subprocess.run(
            [*QBC, "run", "p.qbc", "--backend", "ionq:simulator"],
            cwd=tmp_path,
            env={**environment(server), "QBC_RUNS": str(tmp_path / place)},
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=60,
        )
        assert process.returncode == status
    assert len(list((tmp_path / "runs").iterdir())) == 1
    assert "no journal can be kept" in process.stderr


def test_the_first_page_shows_what_is_printed(server: Server, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    program = page.split("`bell.qbc`:\n\n```\n")[1].split("```")[0]
    command, *shown = page.split("```text\n$ qbc ")[1].split("```")[0].splitlines()
    put(tmp_path, program)
    done = qbc(server, tmp_path, *command.replace("bell.qbc", "p.qbc").split())
    said = re.sub("resume [0-9a-f]{8}", "resume ID", done.stderr).splitlines()
    assert [re.sub("resume [0-9a-f]{8}", "resume ID", line) for line in shown[:2]] == said
    assert done.stdout.splitlines()[: len(shown) - 2] == shown[2:]
