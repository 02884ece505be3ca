"""The documentation: builds without a warning, holds every public name and no other, and its recipes run."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.examples import list_examples, write_example

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.docs, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    pytest.importorskip("mkdocs", reason="the docs extra is not installed")
    spec = importlib.util.spec_from_file_location("docs_hooks", ROOT / "docs" / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(hooks: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return folder


def anchors(site: Path) -> set[str]:
    """Names in the inventory that other sites link by."""
    content = (site / "objects.inv").read_bytes()
    start = 0
    for _ in range(4):
        start = content.index(b"\n", start) + 1
    return {line.split(" ", 1)[0] for line in zlib.decompress(content[start:]).decode().splitlines()}


def test_every_public_name_is_documented_once(hooks: ModuleType, site: Path) -> None:
    documented = [path for paths in hooks.public_names().values() for path in paths]
    assert sorted(path.rsplit(".", 1)[1] for path in documented) == sorted(set(su.__all__) - {"__version__"})
    assert set(documented) <= anchors(site)


def test_every_documented_name_exists(hooks: ModuleType) -> None:
    pages = hooks.reference_pages()
    for path in re.findall(r"^::: (\S+)$", "\n".join(pages.values()), re.MULTILINE):
        module, _, name = path.rpartition(".")
        assert getattr(importlib.import_module(module), name).__doc__


def test_names_used_in_the_text_exist() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for name in re.findall(r"\bsu\.([A-Za-z_]+)", page.read_text(encoding="utf-8")):
            assert name in su.__all__ or name == "findings", f"{page.name}: su.{name}"


def test_every_figure_of_the_evaluation_is_in_the_gallery_and_says_what_it_is_drawn_from() -> None:
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    names = [section.split(" ", 2)[:2] for section in sections]
    assert names == [["Figure", f"5.{k}"] for k in range(1, 13)] + [["Table", "4.2"], ["Table", "8.1"]]
    for section in sections:
        label = section.split("\n")[2]
        assert label.startswith(("Reconstruction", "Printed", "Invented", "Targets are printed", "Found:")), (
            label
        )


def test_outputs_stand_below_their_code(site: Path) -> None:
    gallery = (site / "gallery" / "index.html").read_text(encoding="utf-8")
    assert gallery.count('<div class="output"') == 15
    assert gallery.count("data:image/svg+xml") == 13
    audit = (site / "audit-2013" / "index.html").read_text(encoding="utf-8")
    assert "2 of 53 is 3.8 %, printed 2 %; 1 of 53 would be printed so." in audit


def test_every_kind_of_chart_is_in_the_gallery_of_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its code runs, and what it draws is every type of result, and every other picture of one."""
    from stepup_equity.presentation.charts import plot
    from stepup_equity.presentation.charts.drawing import other_kinds

    drawn: set[tuple[type, str | None]] = set()
    monkeypatch.setattr(
        su.findings.Result, "plot", lambda self, *_, kind=None, **__: drawn.add((type(self), kind))
    )
    page = (ROOT / "docs" / "charts.md").read_text(encoding="utf-8")
    namespace: dict[str, Any] = {}
    for code in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        exec(code, namespace)
    every = [getattr(su.findings, name) for name in su.findings.__all__]
    results = {k for k in every if isinstance(k, type) and issubclass(k, su.findings.Result)}
    plain = {(kind, None) for kind in results - {su.findings.Result}}
    others = {(kind, name) for kind in results for name in other_kinds(kind)}
    assert all(plot.dispatch(kind) is not plot.dispatch(object) for kind, _ in plain)
    assert others
    assert plain | others <= drawn, sorted(f"{k.__name__} {n or ''}" for k, n in (plain | others) - drawn)


@pytest.fixture(scope="module")
def namespace(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two cohorts with a total score, as an analyst might have them."""
    folder = tmp_path_factory.mktemp("recipes")
    first = pd.read_csv(write_example("cohort_one", folder), keep_default_na=False, dtype=str)
    second = first.sample(len(first), replace=True, random_state=1).assign(cohort="2012")
    second["applicant_id"] = [f"T{i}" for i in range(len(second))]
    both = pd.concat([first, second])
    draw = np.random.default_rng(1)
    both["total"] = draw.normal(60, 8, len(both)).round()
    both["mark"] = (20 + 0.6 * both["total"] + draw.normal(0, 5, len(both))).round()
    both["degree"] = draw.choice([1, 2, 3], len(both))
    for name in ("choice_1", "choice_2", "offered_by"):
        both[name] = draw.choice(["North", "South"], len(both))
    from stepup_equity.process import programme_from_toml, programme_to_toml

    more = "".join(f"\n[covariates.{name}]" for name in ("total", "mark", "degree"))
    more += "".join(f"\n[strata.{name}]\nlabel = '{name}'" for name in ("choice_1", "choice_2", "offered_by"))
    programme = programme_from_toml(f"{programme_to_toml(su.step_up_to_social_work())}{more}\n")
    applicants = su.read_applicants(both, programme=programme)
    write_example("places_2010", folder).rename(folder / "targets.csv")
    return {
        "su": su,
        "applicants": applicants,
        "counts": su.count_stages(applicants),
        "folder": folder,
        "records": first,
        "left": first,
        "right": first[["applicant_id"]].assign(mark=60),
        "key": "a key that two teams share",
    }


def recipes() -> list[str]:
    text = (ROOT / "docs" / "how-to" / "analyst.md").read_text(encoding="utf-8")
    return re.findall(r"^\| [^|]+ \|.*`(su\.[^`]+)`", text, re.MULTILINE)


@pytest.mark.parametrize("recipe", recipes())
def test_recipe_runs(recipe: str, namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(namespace["folder"])
    assert eval(recipe, dict(namespace)) is not None


def code_blocks() -> list[tuple[str, str]]:
    found = []
    for page in [*sorted((ROOT / "docs" / "how-to").glob("*.md")), ROOT / "docs" / "models.md"]:
        blocks = re.findall(
            r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
        found += [(f"{page.stem} {k}", block) for k, block in enumerate(blocks, start=1)]
    return found


@pytest.mark.parametrize(
    "block", [block for _, block in code_blocks()], ids=[name for name, _ in code_blocks()]
)
def test_block_runs(
    block: str, namespace: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for example in list_examples():
        write_example(example.name, tmp_path)
    shutil.copyfile(ROOT / "data" / "examples" / "civil_service.csv", "log.csv")
    pd.read_csv("cohort_one.csv", keep_default_na=False, dtype=str).to_parquet("applicants.parquet")
    exec(compile(block, "<how-to>", "exec"), dict(namespace))


COMMANDS = ("install", "slides", "reference-group", "reading-c", "several-cohorts")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the pages name."""
    folder = tmp_path_factory.mktemp("commands")
    write_example("cohort_one", folder)
    write_example("west_lancs_2019_20", folder)
    first = pd.read_csv(folder / "cohort_one.csv", keep_default_na=False, dtype=str)
    second = first.sample(len(first), replace=True, random_state=1).assign(cohort="2012")
    second["applicant_id"] = [f"T{i}" for i in range(len(second))]
    for name, table in (
        ("cohort_2010", first),
        ("cohort_2012", second),
        ("both", pd.concat([first, second])),
    ):
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.mark.parametrize("page", COMMANDS)
def test_commands_of_a_page_run(page: str, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stepup_equity.cli import main

    monkeypatch.chdir(files)
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text(encoding="utf-8")
    lines = [
        line.split()[1:]
        for block in re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    lines += [command.split()[1:] for command in re.findall(r"`(stepup-equity report [^`]+)`", text)]
    assert lines or page == "reference-group"
    for arguments in lines:
        if arguments[0] == "example":
            continue  # the files lie there
        assert main(arguments) == 0, arguments


def test_a_reference_in_toml_is_one_that_a_programme_takes() -> None:
    from stepup_equity.process import programme_from_toml, programme_to_toml

    text = (ROOT / "docs" / "how-to" / "reference-group.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    own = re.sub(
        r"\n\[questions\].*?(?=\n\[|\Z)", "", programme_to_toml(su.step_up_to_social_work()), flags=re.DOTALL
    )
    programme = programme_from_toml(f"{own}\n{block}")
    assert programme.questions is not None


def test_notebooks_and_glossary_stand_on_the_site(site: Path) -> None:
    first = (site / "notebooks" / "01_first_look" / "index.html").read_text(encoding="utf-8")
    assert first.count('<div class="output"') >= 8
    assert '<table class="dataframe">' in first
    million = (site / "notebooks" / "06_a_million_applicants" / "index.html").read_text(encoding="utf-8")
    assert '<div class="output"' not in million
    glossary = (site / "glossary" / "index.html").read_text(encoding="utf-8")
    assert "Impact ratio" in glossary
    assert "[c]" in glossary


AUDITED = (
    "",
    "how-to/reading-c/",
    "charts/",
    "notebooks/01_first_look/",
    "glossary/",
    "reference/command-line/",
)


def test_the_site_breaks_no_rule_of_accessibility(site: Path) -> None:
    modules = ROOT / ".ci" / "node_modules"
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None or shutil.which("node") is None or not (modules / "axe-core").is_dir():
        pytest.skip("Chromium, Node.js or axe-core is not installed")
    script = Path(__file__).with_name("site_audit.cjs")
    done = subprocess.run(
        ["node", str(script), str(modules), browser, str(site), *AUDITED],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert len(found) == 3 * len(AUDITED)
    for page in found:
        assert page["rules"] > 20, page
        assert page["violations"] == [], (page["page"], page["width"])
