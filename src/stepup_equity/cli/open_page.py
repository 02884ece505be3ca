"""The command ``open``: the way from a file to a folder in a browser on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import command
from stepup_equity.errors import DataError

if TYPE_CHECKING:
    import argparse


_HOST: Final = "127.0.0.1"


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "open",
        _run,
        "  stepup-equity open\n  stepup-equity open export.xlsx\n",
    )
    parser.add_argument("file", nargs="?", type=Path, help="the file to begin with")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument("--no-browser", action="store_true", help="print the address alone")


def _run(arguments: argparse.Namespace) -> int:
    import secrets
    import socket

    import uvicorn

    from stepup_equity.cli.page.app import page

    if arguments.file is not None and not arguments.file.is_file():
        raise DataError(f"There is no file {arguments.file.name!r}. Check the path.")
    token = secrets.token_urlsafe(32)
    with socket.create_server((_HOST, arguments.port)) as door:
        host = f"{_HOST}:{door.getsockname()[1]}"
        given = None if arguments.file is None else arguments.file.resolve()
        app, known = page(token, host, given)
        config = uvicorn.Config(
            app, log_level="error", access_log=False, server_header=False, lifespan="off", ws="none"
        )
        server = uvicorn.Server(config)
        _end_with_the_terminal(server)
        address = f"http://{host}/{token}/"
        print(f"Open this address in a browser on this machine:\n  {address}")
        print("Nothing leaves this machine. Ctrl-C, or closing this window, ends it.")
        sys.stdout.flush()
        if not arguments.no_browser:
            import webbrowser

            webbrowser.open(address)
        try:
            server.run(sockets=[door])
        finally:
            known.close()
    return DONE


def _end_with_the_terminal(server: Any) -> None:
    """Closing the terminal ends the page, and takes with it what it kept."""
    import signal

    for name in ("SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: setattr(server, "should_exit", True))
