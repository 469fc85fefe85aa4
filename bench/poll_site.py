"""Publishers on loopback: nginx, which answers, and sockets, which do not.

Feed number n lives on an address of its own, 127.x.y.z, so that no two feeds share a host; on Linux all of 127.0.0.0/8
is this machine without any set-up. Every answer closes its connection: the next poll of a real feed is minutes away,
and no server holds a connection for so long.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

MISSING = "nginx is not installed (Debian: apt-get install nginx-light); without it nothing can be measured"
_CONFIG = """
daemon off;
master_process off;  # one process, which is the one worker
worker_rlimit_nofile 16384;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    log_format request '$msec $request_time $host $status';
    access_log {log};
    default_type application/rss+xml;
    keepalive_timeout 0;
    server {{
        listen 0.0.0.0:{port} backlog=4096;
        allow 127.0.0.0/8;
        deny all;
        root {folder}/feeds;
        location / {{ rewrite ^ /$host break; }}
    }}
}}
"""


class Request(NamedTuple):
    """One line of nginx's log."""

    address: str
    at: float  # seconds since 1970, when its first byte was read; exact to a millisecond
    status: int


def nginx_path() -> str | None:
    """Where nginx is; None: it is not installed."""
    # Debian puts it where only root's PATH looks.
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def address(number: int) -> str:
    """The host of feed number n, below 127.255.0.0 for the first fifteen millions of them."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("", 0))
        return int(one.getsockname()[1])


class Site:
    """nginx over a folder of feeds, a file each; killed at the end."""

    def __init__(self, folder: Path, *, logs: bool = True) -> None:
        self._folder, self.port = folder, free_port()
        self._feeds, self._log = folder / "feeds", folder / "access.log"
        for place in (self._feeds, folder / "tmp"):
            place.mkdir(parents=True)
        log = f"{self._log} request" if logs else "off"
        (folder / "nginx.conf").write_text(_CONFIG.format(folder=folder, port=self.port, log=log), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if (path := nginx_path()) is None:
            raise SystemExit(MISSING)
        command = [path, "-e", str(self._folder / "error.log"), "-c", str(self._folder / "nginx.conf")]
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        self.__exit__(None, None, None)
        raise SystemExit("nginx did not start: " + (self._folder / "error.log").read_text(encoding="utf-8"))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def publish(self, number: int, document: bytes) -> None:
        """What stands at feed number n."""
        (self._feeds / address(number)).write_bytes(document)

    def url(self, number: int) -> str:
        """The address of feed number n."""
        return f"http://{address(number)}:{self.port}/"

    def requests(self) -> list[Request]:
        """What was answered, in the order of the ends of the answers."""
        lines = self._log.read_text(encoding="ascii").splitlines()
        parts = [line.split() for line in lines]
        return [Request(host, float(end) - float(took), int(status)) for end, took, host, status in parts]

    def forget(self) -> None:
        """Empty the log; nginx appends, so it goes on at the beginning."""
        with self._log.open("w"):
            pass


class Silent:
    """Sockets that take every connection and never answer: the kernel accepts, and nobody looks."""

    def __init__(self, numbers: range) -> None:
        self.port = free_port()
        self._sockets = [socket.create_server((address(number), self.port), backlog=512) for number in numbers]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._sockets:
            one.close()

    def url(self, number: int) -> str:
        """The address of feed number n."""
        return f"http://{address(number)}:{self.port}/"
