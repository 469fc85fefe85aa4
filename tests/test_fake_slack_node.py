"""The fake Slack is no invention of the Python side: Slack's Node SDK runs on it unchanged."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.fake_slack import FakeSlack, Fault

HERE = ROOT / "tests" / "data" / "node"
NODE = (20, 0)  # what @slack/bolt 5 asks for
NO_WAY_OUT = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|EIDLETIMEOUT")


@pytest.fixture(scope="session")
def bot_folder(pytestconfig: pytest.Config) -> Path:
    """A folder with the script and the SDK beside it; kept between runs, since the registry is far."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node or npm is missing")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    if tuple(int(part) for part in told.strip().lstrip("v").split(".")[:2]) < NODE:
        pytest.skip(f"node is {told.strip()}, older than 20")
    assert pytestconfig.cache is not None
    digest = hashlib.sha256((HERE / "package.json").read_bytes()).hexdigest()[:12]
    folder = pytestconfig.cache.mkdir(f"node-{digest}")
    shutil.copy(HERE / "bot.js", folder)
    if not (folder / "installed").exists():
        shutil.copy(HERE / "package.json", folder)
        _install(npm, folder)
        (folder / "installed").touch()
    return folder


def _install(npm: str, folder: Path) -> None:
    words = [
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--fetch-retries=1",
        "--fetch-timeout=20000",
    ]
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=90)
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry did not answer in 90 seconds")
    if done.returncode and (found := NO_WAY_OUT.search(done.stderr)):
        pytest.skip(f"the npm registry cannot be reached: {found[0]}")
    assert done.returncode == 0, done.stderr


@asynccontextmanager
async def node_bot(folder: Path, slack: FakeSlack) -> AsyncIterator[None]:
    """The Node app over a fake, once its socket is open."""
    environ = {
        "PATH": os.environ["PATH"],
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
    }
    process = await asyncio.create_subprocess_exec("node", "bot.js", cwd=folder, env=environ)
    try:
        await slack.connected(within_s=30)
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_node_sdk_connects_answers_a_command_and_posts(bot_folder: Path) -> None:
    async with FakeSlack() as slack, node_bot(bot_folder, slack):
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C1", user="U1")
        assert (await exchange.answer()).text == "You said subscribe ratification"
        (posted,) = await slack.posted("C1")
        assert (posted.key, posted.words) == ("from-node", "*Norway* ratifies")


async def test_the_node_sdk_comes_back_after_a_refused_upgrade_and_an_end_of_its_socket(bot_folder: Path) -> None:
    async with FakeSlack() as slack:
        refused = slack.faults.add("link", Fault.http(408))
        async with node_bot(bot_folder, slack):
            assert refused.hits == 1
            assert [one.status for one in slack.socket.upgrades] == [408, 101]
            assert len({one.ticket for one in slack.socket.upgrades}) == 2
            await slack.disconnect("refresh_requested")
            await slack.connected(opened=2)
