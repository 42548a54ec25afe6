"""What stands in `deploy/` starts: the commands of the units on loopback, and both sites behind nginx."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.sync.client import connect
from websockets.typing import Origin

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
GUIDE = DEPLOY.parent / "docs" / "guide" / "services.md"
RAADSLAG = "/opt/raadslag/bin/raadslag"
STATE = "/var/lib/raadslag"
WORKSPACE, ARCHIVE = "raadslag.proeve.example", "referater.proeve.example"
UNITS = ("raadslag-workspace", "raadslag-work", "raadslag-archive")
PATIENCE = 60  # seconds until it serves, on a busy machine


class Unit(NamedTuple):
    """What a service's file says: settings that may stand more than once have all their values."""

    settings: dict[str, list[str]]

    @property
    def command(self) -> list[str]:
        """What is started."""
        [told] = self.settings["ExecStart"]
        return shlex.split(told)

    @property
    def environment(self) -> dict[str, str]:
        """Its variables: those of the file, and those of the files that it names, as they lie here."""
        known = dict(one.split("=", 1) for line in self.settings["Environment"] for one in shlex.split(line))
        for path in self.settings["EnvironmentFile"]:
            lines = (DEPLOY / Path(path).name).read_text().splitlines()
            known |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return known


def unit(name: str) -> Unit:
    """The service of that name."""
    settings: dict[str, list[str]] = {}
    for line in (DEPLOY / f"{name}.service").read_text().splitlines():
        if line and line[0] not in "#[":
            key, value = line.split("=", 1)
            settings.setdefault(key, []).append(value)
    return Unit(settings)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class House(NamedTuple):
    """The three services as they run: their ports, and how to ask them."""

    data: Path
    workspace: int
    archive: int
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """What a command says, in the environment of the units."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The commands of the units with the environment of the units, on other ports and in another folder."""
    data = tmp_path_factory.mktemp("raadslag")
    ports = {"8001": str(_free_port()), "8000": str(_free_port())}
    base = {
        name: value for name, value in os.environ.items() if not name.startswith(("RAADSLAG", "DJANGO", "DATABASE"))
    }
    all_of_them: dict[str, str] = {}
    processes = []

    def here(told: str) -> str:
        return told.replace(STATE, str(data))

    try:
        for name in UNITS:
            one = unit(name)
            assert one.command[0] == RAADSLAG
            environment = {key: here(value) for key, value in one.environment.items()}
            all_of_them |= environment
            command = [sys.executable, "-m", "raadslag.cli", *(ports.get(word, word) for word in one.command[1:])]
            with (data / f"{name}.log").open("wb") as log:
                processes.append(
                    subprocess.Popen(command, env=base | environment, stdout=subprocess.DEVNULL, stderr=log)
                )  # fmt: skip
        made = House(data, int(ports["8001"]), int(ports["8000"]), base | all_of_them)
        for port, host, path in ((made.workspace, WORKSPACE, "/health"), (made.archive, ARCHIVE, "/health")):
            _wait(lambda port=port, host=host, path=path: _direct(port, host, path).status_code == 200)
        assert all(one.poll() is None for one in processes)
        yield made
    finally:
        for process in processes:
            process.terminate()
        codes = [process.wait(30) for process in processes]
    assert set(codes) <= {0, -15}  # each ends when it is told


def _direct(port: int, host: str, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{port}{path}", headers=_as_proxy(host), timeout=10)


def _as_proxy(host: str) -> dict[str, str]:
    return {"Host": host, "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}


def _wait(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if is_done():
                return
        except requests.RequestException:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


# --- the files ---


def test_systemd_understands_the_units_and_finds_little_exposed(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    files = sorted(DEPLOY.glob("*.service"))
    assert len(files) == len(UNITS) + 2
    for file in files:
        (tmp_path / file.name).write_text(file.read_text().replace(RAADSLAG, "/bin/true"))
    copies = [str(tmp_path / file.name) for file in files]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *copies, *map(str, DEPLOY.glob("*.timer"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    for file in files:
        told = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", str(file)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout[-200:]


def test_the_public_site_has_no_way_to_what_is_closed() -> None:
    archive = unit("raadslag-archive")
    hidden = " ".join(archive.settings["InaccessiblePaths"])
    own = unit("raadslag-workspace").environment["RAADSLAG_WORKSPACE"]
    assert own in hidden
    assert not any("WORKSPACE" in name or "TOKEN" in name for name in archive.environment)


def test_each_service_listens_at_its_own_port_and_no_other() -> None:
    for file in DEPLOY.glob("*.service"):
        settings = unit(file.stem).settings
        port = re.search(r"--port (\d+)", " ".join(settings["ExecStart"]))
        assert settings["SocketBindDeny"] == ["any"]
        assert settings.get("SocketBindAllow", []) == ([f"ipv4:tcp:{port[1]}"] if port else [])


def test_each_setting_is_explained_in_the_guide() -> None:
    guide = GUIDE.read_text()
    plain = {"Description", "After", "Wants", "WantedBy", "Documentation", "Type"}
    for file in sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]):
        names = set(re.findall(r"^([A-Z]\w+)=", file.read_text(), re.MULTILINE)) - plain
        assert [name for name in sorted(names) if f"`{name}" not in guide] == []
    directives = set(re.findall(r"^ +([a-z_]+) ", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE))
    assert [name for name in sorted(directives - {"return"}) if f"`{name}" not in guide] == []


# --- as they run ---


def test_both_sites_answer_under_their_own_names_alone(house: House) -> None:
    assert "Log" in _direct(house.workspace, WORKSPACE, "/konto/ind/").text
    assert _direct(house.archive, ARCHIVE, "/").status_code == 200
    assert _direct(house.workspace, ARCHIVE, "/konto/ind/").status_code == 400
    assert _direct(house.archive, WORKSPACE, "/").status_code == 400
    cookie = requests.get(
        f"http://127.0.0.1:{house.workspace}/konto/ind/", headers=_as_proxy(WORKSPACE), timeout=10
    ).headers["Set-Cookie"]
    assert "Secure" in cookie
    for name in ("workspace", "archive"):
        assert (house.data / name).stat().st_mode & 0o077 == 0


def test_logs_are_lines_of_json_without_addresses(house: House) -> None:
    _direct(house.workspace, WORKSPACE, "/ind/KANARIEFUGL/?q=KANARIEFUGL")
    lines = [json.loads(line) for name in UNITS for line in (house.data / f"{name}.log").read_text().splitlines()]
    assert "people:link" in {line.get("route") for line in lines}
    assert "KANARIEFUGL" not in str(lines)


def test_figures_are_for_this_machine(house: House) -> None:
    address = f"http://127.0.0.1:{house.workspace}/metrics"
    assert 'raadslag_requests_total{route="health",status="2xx"}' in requests.get(address, timeout=10).text
    assert _direct(house.workspace, WORKSPACE, "/metrics").status_code == 404


def test_the_background_work_runs_and_the_doctor_finds_nothing_to_mend(house: House) -> None:
    _wait(lambda: "Background work: The background work runs." in house.run("-m", "raadslag.cli", "doctor"))


def test_the_nightly_backup_of_the_unit_is_whole(house: House, tmp_path: Path) -> None:
    command = [*unit("raadslag-backup").command[1:-1], str(tmp_path / "raadslag.tar.gz")]
    told = house.run("-m", "raadslag.cli", *command)
    assert [line.split(":")[0] for line in told.splitlines()] == ["The workspace", "The archive"]


def test_the_nightly_look_of_the_unit_starts_and_says_that_it_saw_nothing(house: House) -> None:
    """Under its number the archive shows no page: to have seen nothing is no quiet night."""
    command = [sys.executable, "-m", "raadslag.cli", *unit("raadslag-watch").command[1:-1]]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{house.archive}"], env=house.environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "its front page" in done.stderr


# --- behind nginx ---

_OPENED = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "raadslag.workspace.settings"
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from raadslag.sample.workspace import fill
from raadslag.workspace.bodies.models import Membership
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import actions
users = fill()
secretary = next(iter(users.values()))
meeting = Meeting.objects.exclude(agenda_sent_at=None).filter(opened_at=None).order_by("start").first()
people = Membership.objects.filter(organization=meeting.organization, role__in=("chair", "member"))
actions.open_meeting(meeting, [one.person_id for one in people], by=secretary, at=timezone.now())
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(secretary.pk), secretary.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session.save()
from raadslag.workspace.products import actions as products
told = {"by": secretary, "at": timezone.now()}
product = products.begin(meeting.organization, "Et produkt", **told)
part = products.add(product, kind="text", title="En del", text="Skrevet sammen.", **told)
print(meeting.pk, f"/produkter/{product.pk}/del/{part.pk}/sammen/", session.session_key)
"""


@pytest.fixture(scope="module")
def stream(house: House) -> tuple[str, str, str]:
    """The path of a stream of events, and of a text that is written together; the cookie of one who may."""
    meeting, together, key = house.run("-c", _OPENED).split()[-3:]
    return f"/moederum/{meeting}/foelg/", together, f"raadslag={key}"


def _first_words(address: str, **more: object) -> tuple[float, bytes, Mapping[str, str]]:
    """How long the first event takes while the stream goes on, and what it says."""
    start = time.monotonic()
    with requests.get(address, stream=True, timeout=30, allow_redirects=False, **more) as answer:  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.headers
        first = next(answer.iter_content(None))
        return time.monotonic() - start, first, answer.headers


def test_the_stream_begins_at_once_and_asks_not_to_be_held_back(house: House, stream: tuple[str, str, str]) -> None:
    path, _, cookie = stream
    took, first, headers = _first_words(
        f"http://127.0.0.1:{house.workspace}{path}", headers=_as_proxy(WORKSPACE) | {"Cookie": cookie}
    )
    assert (first.startswith(b"retry:"), headers["X-Accel-Buffering"]) == (True, "no")
    assert took < 5


@contextmanager
def _nginx(program: str, folder: Path, house: House) -> Iterator[tuple[int, int, Path]]:
    """nginx with our example, on other ports and with certificates of this test's own: http, https, their root."""
    http, https = _free_port(), _free_port()
    root = _certificates(folder, ["workspace", "archive"])
    told = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("listen [::]:80;", ""), ("listen [::]:443 ssl http2;", ""), ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ", f"listen 127.0.0.1:{https} "), ("127.0.0.1:8001", f"127.0.0.1:{house.workspace}"),
        ("127.0.0.1:8000", f"127.0.0.1:{house.archive}"), ("/etc/ssl/raadslag", str(folder)),
        ("/var/log/nginx", str(folder)),
    ):  # fmt: skip
        assert old in told
        told = told.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"events {{ worker_connections 256; }}\nhttp {{\n{temporary}{told}\n}}\n"
    )
    with subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        try:
            _wait(
                lambda: requests.get(f"http://127.0.0.1:{http}/", timeout=5, allow_redirects=False).status_code == 301
            )
            yield http, https, root
        finally:
            process.terminate()


def _certificates(folder: Path, names: Sequence[str]) -> Path:
    """A certificate for both hosts, signed by itself, under each name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "raadslag test")])
    now = datetime.now(UTC)
    hosts = x509.SubjectAlternativeName([x509.DNSName(WORKSPACE), x509.DNSName(ARCHIVE), x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).add_extension(hosts, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for one in names:
        (folder / f"{one}.pem").write_bytes(pem)
        (folder / f"{one}.key").write_bytes(private)
    return folder / f"{names[0]}.pem"


def test_behind_nginx_both_sites_answer_and_the_stream_is_not_held_back(
    house: House, stream: tuple[str, str, str], tmp_path: Path
) -> None:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("no nginx on this machine: apt-get install nginx-light")
    path, together, cookie = stream
    with _nginx(program, tmp_path, house) as (http, https, root):
        with requests.Session() as session:
            session.trust_env, session.verify = False, str(root)

            def get(host: str, path: str, **more: str) -> requests.Response:
                address = f"https://localhost:{https}{path}"
                return session.get(address, headers={"Host": host, **more}, timeout=20, allow_redirects=False)

            assert "Log" in get(WORKSPACE, "/konto/ind/").text
            assert get(ARCHIVE, "/").status_code == 200
            assert get(WORKSPACE, "/konto/ind/").headers["Strict-Transport-Security"] == "max-age=63072000"
            assert get(WORKSPACE, "/metrics").status_code == 404
            forged = get(WORKSPACE, "/konto/ind/", **{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http"})
            assert "Secure" in forged.headers["Set-Cookie"]
            sent = session.get(
                f"http://127.0.0.1:{http}/x", headers={"Host": ARCHIVE}, allow_redirects=False, timeout=20
            )
            assert (sent.status_code, sent.headers["Location"]) == (301, f"https://{ARCHIVE}/x")
            for host, size, status in ((ARCHIVE, 100_000, 413), (WORKSPACE, 1_000_000, 403)):
                answer = session.post(
                    f"https://localhost:{https}/", data=b"x" * size, headers={"Host": host}, timeout=20
                )
                assert answer.status_code == status, host
        headers = {"Host": WORKSPACE, "Cookie": cookie}
        took, first, _ = _first_words(f"https://localhost:{https}{path}", headers=headers, verify=str(root))
        assert first.startswith(b"retry:")
        assert took < 5
        with connect(
            f"wss://{WORKSPACE}:{https}{together}", sock=socket.create_connection(("127.0.0.1", https)),
            ssl=ssl.create_default_context(cafile=root), origin=Origin(f"https://{WORKSPACE}"),
            additional_headers={"Cookie": cookie}, proxy=None,
        ) as line:  # fmt: skip
            line.send(b"\x00\x00\x01\x00")  # "I know nothing yet"
            assert b"Skrevet sammen." in line.recv(20)
    assert not [one for one in (tmp_path / "proxy").rglob("*") if one.is_file()]
