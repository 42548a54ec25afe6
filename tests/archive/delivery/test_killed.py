"""A server that is killed while records come in has whole ones only, and who brings them just goes on."""

from __future__ import annotations

import hashlib
import http.client
import json
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from raadslag.core.record import File, Item, Meeting, Time, encode, identity
from tests.archive.front.serving import archive, served

pytestmark = pytest.mark.slow


def record(number: int) -> tuple[Meeting, bytes]:
    """The record of one meeting, and the file that it names."""
    text = f"Bilag til møde {number}.\n".encode() * 200
    file = File(title="Bilag", access="open", sha256=hashlib.sha256(text).hexdigest())
    item = Item(order=1, number="1", title=f"Bænke {number}", access="open", decision="Godkendt.", files=(file,))
    start = f"2018-{1 + number // 28:02}-{1 + number % 28:02}"
    return Meeting(
        kind="minutes", body="Prøvekommunen", organization="Rådet", meeting=Time(start=start), items=(item,)
    ), text


def send(address: str, method: str, data: bytes, token: str) -> tuple[int, dict[str, str]]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def bring(address: str, token: str, number: int) -> tuple[int, dict[str, str]]:
    made, text = record(number)
    sha256 = hashlib.sha256(text).hexdigest()
    status, told = send(f"{address}/intake/files/{sha256}?name=bilag.txt", "PUT", text, token)
    assert status in (200, 201), told
    return send(f"{address}/intake", "POST", b'{"schema":"raadslag/intake/1","record":%b}' % encode(made), token)


def test_a_server_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    data, all_of_them = tmp_path / "data", range(40)
    token = archive(data, "token", "add", "Prøvekommunen", "--label", "test").splitlines()[-1]
    taken: list[int] = []

    def bring_all(address: str) -> None:
        try:
            for number in all_of_them:
                status, _ = bring(address, token, number)
                taken.append(status)
        except (OSError, ValueError, http.client.HTTPException):
            return  # the server is gone

    for after in (3, 11):
        with served(data) as server:
            threading.Thread(target=bring_all, args=(server.address,), daemon=True).start()
            deadline = time.monotonic() + 60
            while len(taken) < after and time.monotonic() < deadline:
                time.sleep(0.002)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
    assert after <= len(taken) < 40

    with served(data) as again:
        told = [bring(again.address, token, number) for number in all_of_them]
    assert {status for status, _ in told} <= {200, 201}
    assert [one["identity"] for _, one in told] == [identity(record(number)[0]) for number in all_of_them]
    assert {one["state"] for _, one in told} == {"shown"}
    assert "\n0 findings" in f"\n{archive(data, 'check')}"
    # What was half received when it was killed is nobody's, and swept away after a day.
    left = [path.name for path in (data / "staged").rglob("*") if path.is_file()]
    assert [name for name in left if not name.endswith(".new")] == []


def test_what_waits_for_a_record_is_in_no_backup_and_no_fault(tmp_path: Path) -> None:
    data, text = tmp_path / "data", b"Kanariefugl\n"
    token = archive(data, "token", "add", "Prøvekommunen", "--label", "test").splitlines()[-1]
    sha256 = hashlib.sha256(text).hexdigest()
    with served(data) as server:
        bring(server.address, token, 1)
        assert send(f"{server.address}/intake/files/{sha256}", "PUT", text, token)[0] == 201
    archive(data, "backup", tmp_path / "all.tar")
    assert text.strip() not in (tmp_path / "all.tar").read_bytes()
    assert "\n0 findings" in f"\n{archive(data, 'check')}"
