"""The page on a real port of this machine, and a browser of few words."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import uvicorn

from stepup_equity.cli.page.app import Page, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-token-for-tests-only"


@contextmanager
def serving(given: Path | None = None) -> Iterator[tuple[str, Page]]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        host = f"127.0.0.1:{door.getsockname()[1]}"
        app, known = page(TOKEN, host, given)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield host, known
        finally:
            server.should_exit = True
            thread.join(10)
            known.close()


class Browser:
    """Keeps its cookie, follows what it is sent to, fills in forms as they stand."""

    def __init__(self, host: str, token: str = TOKEN) -> None:
        self.host, self.base, self.cookie, self.text, self.status = host, f"/{token}", "", "", 0

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> int:
        sent = {"Host": self.host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if method == "POST":
            sent.setdefault("Origin", f"http://{self.host}")
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        self.text, self.status = answer.read().decode(), answer.status
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        if "set-cookie" in self.headers:
            self.cookie = self.headers["set-cookie"].split(";")[0]
        connection.close()
        if answer.status == 303:
            return self.ask("GET", self.headers["location"])
        return answer.status

    def get(self, where: str) -> int:
        return self.ask("GET", f"{self.base}/{where}")

    def post(self, where: str, **fields: str) -> int:
        done = self.ask(
            "POST",
            f"{self.base}/{where}",
            urlencode(fields).encode(),
            Content_Type="application/x-www-form-urlencoded",
        )
        return self.until_done(done)

    def until_done(self, status: int) -> int:
        while 'class="bars"' in self.text:
            status = self.get("wait")
        return status

    def send(self, name: str, content: bytes) -> int:
        edge = "edgeofthefile"
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body += content + f"\r\n--{edge}--\r\n".encode()
        return self.until_done(
            self.ask("POST", f"{self.base}/file", body, Content_Type=f"multipart/form-data; boundary={edge}")
        )

    @property
    def title(self) -> str:
        return unescape(re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)[1])  # type: ignore[index]

    def take(self) -> int:
        """Send the form as it stands."""
        fields: dict[str, str] = {}
        for name, block in re.findall(
            r'<select id="[^"]*" name="([^"]*)">(.*?)</select>', self.text, re.DOTALL
        ):
            fields[name] = unescape(re.search(r'value="([^"]*)" selected', block)[1])  # type: ignore[index]
        checked = re.search(r'name="value" value="([^"]*)" checked', self.text)
        if checked:
            fields["value"] = unescape(checked[1])
        return self.post("step", **fields)
