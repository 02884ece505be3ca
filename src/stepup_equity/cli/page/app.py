"""The page: one thing at a time, forms alone, no script."""

from __future__ import annotations

import asyncio
import html
import secrets
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from stepup_equity.cli.page.guard import Guard
from stepup_equity.cli.page.visit import TEAM_ALONE, Visit, plain_name
from stepup_equity.errors import StepUpError
from stepup_equity.start.steps import COLUMNS, STATUSES, Way, repeats, reviewed
from stepup_equity.visible import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.datastructures import FormData
    from starlette.requests import Request

    from stepup_equity.start import Proposal


_HERE: Final = Path(__file__).parent
_COOKIE: Final = "visit"
_MOST_VISITS: Final = 20
_PATIENCE: Final = 1.5
_SAMPLES: Final = 3
_UNKNOWN_SHOWN: Final = 12


class Page:
    """Everything that the page answers, and the visits that it knows."""

    def __init__(self, token: str, given: Path | None) -> None:
        self.token, self.given = token, given
        self.visits: dict[str, Visit] = {}
        self._lock = threading.Lock()
        self._templates = Environment(
            loader=FileSystemLoader(_HERE),
            autoescape=select_autoescape(("j2",)),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["visible"] = lambda value: visible(str(value))

    def close(self) -> None:
        """Forget every visit."""
        with self._lock:
            for visit in self.visits.values():
                visit.close()
            self.visits.clear()

    def routes(self) -> list[Route]:
        """What is served, and nothing else."""
        return [
            Route("/", self.begin),
            Route("/style.css", self.style),
            Route("/file", self.choose, methods=["POST"]),
            Route("/given", self.take_given, methods=["POST"]),
            Route("/wait", self.wait),
            Route("/step", self.step),
            Route("/step", self.answer, methods=["POST"]),
            Route("/back", self.back, methods=["POST"]),
            Route("/count", self.count, methods=["POST"]),
            Route("/preview", self.preview),
            Route("/write", self.write, methods=["POST"]),
            Route("/done", self.done),
            Route("/my.toml", self.programme),
        ]

    # Answers -----------------------------------------------------------------------------------------

    async def begin(self, request: Request) -> Response:
        """Choose a file."""
        return self._page(request, "begin.html.j2", given=self.given.name if self.given else "")

    async def style(self, request: Request) -> Response:  # noqa: ARG002
        """How the page looks."""
        return Response((_HERE / "style.css").read_bytes(), media_type="text/css")

    async def choose(self, request: Request) -> Response:
        """Take the file that was chosen."""
        async with request.form(max_files=1, max_fields=5) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                return self._begin_again(request, "Select a file.")
            visit = self._visit(request)
            place = Path(visit.folder.name) / plain_name(file.filename)
            await run_in_threadpool(_keep, file, place)
        return self._waiting_for(request, visit, place)

    async def take_given(self, request: Request) -> Response:
        """Take the file that was named at the terminal."""
        if self.given is None:
            return self._begin_again(request, "Select a file.")
        return self._waiting_for(request, self._visit(request), self.given)

    async def wait(self, request: Request) -> Response:
        """Say how far the work has got, until it is done; nothing needs a script or a reload."""
        visit = self._visit(request)
        job = visit.job
        if job is None:
            return self._to("", request)
        finished = await run_in_threadpool(job.finished.wait, _PATIENCE)
        if finished and job.error:
            return self._failed(request, job.error, job.then)
        if finished:
            return self._to(job.then, request)
        return StreamingResponse(self._waiting(job), media_type="text/html")

    async def step(self, request: Request) -> Response:
        """The next question."""
        visit = self._visit(request)
        if visit.way is None:
            return self._to("", request)
        if not visit.way.step:
            return self._page(request, "ready.html.j2", draft=visit.way.draft)
        return self._step(request, visit.way)

    async def answer(self, request: Request) -> Response:
        """Take an answer."""
        visit = self._visit(request)
        if visit.way is None:
            return self._to("", request)
        form = await request.form(max_files=0, max_fields=500)
        try:
            visit.way = await run_in_threadpool(_answered, visit.way, form)
        except StepUpError as error:
            return self._step(request, visit.way, str(error))
        return self._to("step", request)

    async def back(self, request: Request) -> Response:
        """Go back one question."""
        visit = self._visit(request)
        if visit.way is None or visit.way.before is None:
            return self._to("", request)
        visit.way = visit.way.back()
        return self._to("step", request)

    async def count(self, request: Request) -> Response:
        """Count, now that everything is decided."""
        visit = self._visit(request)
        if visit.way is None:
            return self._to("", request)
        visit.count()
        return self._to("wait", request)

    async def preview(self, request: Request) -> Response:
        """The funnel, what publishing would hide, and where to write."""
        visit = self._visit(request)
        if visit.opened is None:
            return self._to("step", request)
        return self._preview(request, visit)

    async def write(self, request: Request) -> Response:
        """Write the folder."""
        visit = self._visit(request)
        if visit.opened is None:
            return self._to("step", request)
        form = await request.form(max_files=0, max_fields=5)
        out, policy = str(form.get("folder", "")).strip(), str(form.get("policy", ""))
        if not out:
            return self._preview(request, visit, {"folder": "Enter the name of a folder."})
        designs = {str(number): rung.design for number, rung in enumerate(visit.ladder, 1)}
        if policy not in (*designs, TEAM_ALONE):
            return self._preview(request, visit, {"policy": "Select what may be published."})
        visit.write(out, designs.get(policy))
        return self._to("wait", request)

    async def done(self, request: Request) -> Response:
        """What was written, and where."""
        visit = self._visit(request)
        if visit.written is None:
            return self._to("step", request)
        return self._page(
            request,
            "done.html.j2",
            folder=str(visit.written),
            published=(visit.written / "publication").is_dir(),
        )

    async def programme(self, request: Request) -> Response:
        """The programme as it stands."""
        visit = self._visit(request)
        if visit.way is None:
            return self._to("", request)
        headers = {"content-disposition": 'attachment; filename="my.toml"'}
        return PlainTextResponse(visit.way.draft.to_toml(), headers=headers)

    # Pages -------------------------------------------------------------------------------------------

    def _visit(self, request: Request) -> Visit:
        """The visit of this browser, by its cookie; a new one where it has none."""
        name = request.cookies.get(_COOKIE, "")
        with self._lock:
            if name in self.visits:
                return self.visits[name]
            name = secrets.token_urlsafe(24)
            while len(self.visits) >= _MOST_VISITS:
                self.visits.pop(next(iter(self.visits))).close()
            request.state.new_visit = name
            self.visits[name] = Visit()
            return self.visits[name]

    def _with_cookie(self, request: Request, response: Response) -> Response:
        name = getattr(request.state, "new_visit", "")
        if name:
            response.set_cookie(_COOKIE, name, path=f"/{self.token}/", httponly=True, samesite="strict")
        return response

    def _to(self, where: str, request: Request) -> Response:
        return self._with_cookie(request, RedirectResponse(f"/{self.token}/{where}", status_code=303))

    def _page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        values.setdefault("errors", {})
        text = self._templates.get_template(template).render(base=f"/{self.token}", **values)
        self._visit(request)
        return self._with_cookie(request, HTMLResponse(text, status_code=status))

    def _begin_again(self, request: Request, error: str) -> Response:
        given = self.given.name if self.given else ""
        return self._page(request, "begin.html.j2", status=422, given=given, errors={"file": error})

    def _waiting_for(self, request: Request, visit: Visit, source: Path) -> Response:
        visit.read(source)
        return self._to("wait", request)

    async def _waiting(self, job: Any) -> AsyncIterator[str]:
        """A page that grows while the work goes on; the last bar is the one that is seen."""
        head, tail = (
            self._templates.get_template("wait.html.j2")
            .render(base=f"/{self.token}", errors={}, title=job.title)
            .split("<!-- bars -->")
        )
        yield head
        seen = -1
        while not job.finished.is_set():
            if job.seen != seen:
                seen = job.seen
                title = html.escape(job.title)
                yield f'<p class="bar"><progress aria-label="{title}"></progress> {seen:,} {job.unit}</p>\n'
            await asyncio.sleep(0.4)
        yield tail.replace("WHERE", "wait")

    def _failed(self, request: Request, error: str, then: str) -> Response:
        return self._page(
            request, "failed.html.j2", status=422, error=error, again="step" if then != "step" else ""
        )

    def _step(self, request: Request, way: Way, error: str = "") -> Response:
        here, of = way.place
        status = 422 if error else 200
        if way.step in (COLUMNS, STATUSES):
            rows = [_row(way, one) for one in reviewed(way.draft, way.step)]
            template = "columns.html.j2" if way.step == COLUMNS else "statuses.html.j2"
            errors = {"row-0": error} if error else {}
            return self._page(
                request,
                template,
                status=status,
                rows=rows,
                view=way.draft.view,
                twice=repeats(way.draft),
                here=here,
                of=of,
                errors=errors,
            )
        one = way.draft.proposal(way.step)
        errors = {"value": error} if error else {}
        return self._page(
            request,
            "question.html.j2",
            status=status,
            one=one,
            free=one.kind == "date",
            here=here,
            of=of,
            errors=errors,
        )

    def _preview(self, request: Request, visit: Visit, errors: dict[str, str] | None = None) -> Response:
        return self._page(
            request,
            "preview.html.j2",
            status=422 if errors else 200,
            funnel=visit.funnel(),
            ladder=visit.ladder,
            working=not all(rung.known for rung in visit.ladder),
            folder=str(Path.cwd() / "out"),
            errors=errors or {},
        )


def _keep(file: UploadFile, place: Path) -> None:
    with place.open("wb") as kept:
        shutil.copyfileobj(file.file, kept)


def _row(way: Way, one: Proposal) -> dict[str, Any]:
    """A row of an overview: a column with three of its values and the labels that no list knows."""
    row: dict[str, Any] = {"one": one, "samples": [], "unknown": []}
    if one.kind != "column":
        return row
    column = next((each for each in way.draft.view.columns if each.name == one.subject), None)
    if column is None or one.value == "id":
        return row
    row["samples"] = list(column.stated)[:_SAMPLES]
    waiting = {each.subject: each for each in way.draft.open if each.kind == "label"}
    row["unknown"] = [f"{label} ({n:,})" for label, n in column.stated.items() if label in waiting][
        :_UNKNOWN_SHOWN
    ]
    return row


def _answered(way: Way, form: FormData) -> Way:
    """The way after a form was sent."""
    if way.step in (COLUMNS, STATUSES):
        start = way
        for i, one in enumerate(reviewed(way.draft, way.step)):
            value = str(form.get(f"row-{i}", one.value))
            if value != one.value:
                way = Way(way.draft.answer(one.key, value), way.done, way.before)
        return Way(way.draft, (*start.done, start.step), start)
    one = way.draft.proposal(way.step)
    typed = str(form.get("typed", "")).strip()
    value = typed or str(form.get("value", ""))
    return way.answer(one.key, value or " ")


def page(token: str, host: str, given: Path | None = None) -> tuple[Callable[..., Awaitable[None]], Page]:
    """The application behind its guard, and what it remembers."""
    known = Page(token, given)
    app = Starlette(routes=[Mount(f"/{token}", routes=known.routes())])
    return Guard(app, host, token), known
