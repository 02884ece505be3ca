"""Who is let in: this machine's own browser, by the address that the terminal printed."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


_REFUSED: Final = "Refused. Open the address that the terminal shows, in a browser on this machine.\n"
_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class Guard:
    """Refuses requests with another Host, Origin or token, before anything sees them."""

    def __init__(self, app: ASGIApp, host: str, token: str) -> None:
        self._app, self._host, self._token = app, host, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, with headers that keep the page to itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._welcome(scope):
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _welcome(self, scope: Scope) -> bool:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get(b"host") != self._host:
            return False
        origin = headers.get(b"origin")
        if origin is not None and origin != f"http://{self._host}":
            return False
        if scope["method"] == "POST" and origin is None:
            return False
        if headers.get(b"sec-fetch-site", "none") not in ("same-origin", "none"):
            return False
        given = scope["path"].split("/")[1] if scope["path"].count("/") > 1 else ""
        return hmac.compare_digest(given.encode(), self._token.encode())
