"""What every test may ask for: the shared real documents, and a browser that is already on the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import BrowserType, Page

from raadslag.web.garbage import BETWEEN_FILES, look_less_often
from tests import lengthy, migrated

_AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"
_WRONG = "(await axe.run(document, {resultTypes: ['violations']})).violations"  # what is well is not written out
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# How long one example takes says nothing on a machine that does other work besides.
settings.register_profile("raadslag", deadline=None, print_blob=True)
settings.register_profile("quick", settings.get_profile("raadslag"), max_examples=20)
settings.load_profile("raadslag")

# Playwright runs an event loop in the thread of its test, where Django then sees a risk that is none:
# no coroutine of ours runs in that thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Each site has settings of its own, and a run has one: the workspace's tests run with theirs, or not at all."""
    is_own = "workspace" in collection_path.relative_to(config.rootpath).parts[1:2]
    runs_workspace = os.environ.get("DJANGO_SETTINGS_MODULE") == "tests.workspace.settings"
    if is_own and not runs_workspace:
        return True
    return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make check` and `make lengthy` ask for."""
    parser.addoption("--quick", action="store_true", help="leave out the tests that take their time")
    parser.addoption("--note-lengthy", action="store_true", help="write anew which those are")


def pytest_configure(config: pytest.Config) -> None:
    """Let the process that hears of all tests measure them."""
    if config.getoption("--note-lengthy") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(lengthy.Lengthy())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes its time, where that is asked for; else begin with it, so that no process waits at the end
    for another that has just begun with the longest."""
    if config.getoption("--quick"):
        listed = lengthy.listed()
        left_out = [item for item in items if lengthy.function_of(item.nodeid) in listed]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    first = [item for item in items if item.path in slow]
    first.sort(key=lambda item: item.path, reverse=True)  # the twin worlds, which take the longest, stand last
    items[:] = first + [item for item in items if item.path not in slow]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Whatever the tests bring along is there now."""
    look_less_often(BETWEEN_FILES)


@pytest.fixture(scope="session", autouse=True)
def _shared_by_all_processes(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    migrated.shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real documents, `../shared/data`; the test is skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real documents (../shared/data beside the repository) are not on this machine")
    return SHARED_DATA


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type: BrowserType, browser_type_launch_args: dict[str, object]
) -> dict[str, object]:
    """Chromium as the system installs it; the test is skipped where there is none."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    given = {**browser_type_launch_args, "executable_path": chromium, "args": args}
    return {**given, "args": [*args, _without_suggestions(browser_type, given)]}


def _without_suggestions(browser_type: BrowserType, given: dict[str, Any]) -> str:
    """Lets Chromium draw no list of suggestions below the address of a window that nobody sees: it is a page itself and
    takes as long as ours. Only the last such argument counts, so it names what the driver leaves out, too."""
    once = browser_type.launch(**{**given, "args": [*given["args"], "--enable-automation"]})  # or it would not tell
    told = once.new_browser_cdp_session().send("Browser.getBrowserCommandLine")["arguments"]
    once.close()
    left_out = next(one for one in told if one.startswith("--disable-features="))
    return f"{left_out},WebUIOmniboxPopup,WebUIOmniboxAimPopup"


@pytest.fixture(scope="session")
def violations() -> Callable[[Page], list[str]]:
    """Asks axe what is wrong with a page; the page's context must bypass the policy, which allows no other script."""
    assert _AXE.is_file(), "axe-core is missing: make setup"
    source = _AXE.read_text(encoding="utf-8")

    def ask(page: Page) -> list[str]:
        found = page.evaluate(f"async () => {{ {source}; return {_WRONG}; }}")
        return [f"{one['id']}: {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]

    return ask
