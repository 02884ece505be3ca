"""The house rules that a machine can check: imports run one way, types are strict, importing is free."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import stepup_equity

ROOT = Path(__file__).parents[2]
HEAVY = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "pyarrow", "rich")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        ("lint-imports", "--no-cache"),
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
    ],
    ids=lambda command: command[0] + " " + command[1],
)
def test_tool_is_content(command: tuple[str, ...]) -> None:
    tool = Path(sys.executable).parent / command[0]
    done = run(str(tool), *command[1:])
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.mark.docs  # most of a minute; continuous integration runs it beside the documentation
def test_types_are_strict() -> None:
    done = run(sys.executable, "-m", "mypy")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_import_loads_no_heavy_package() -> None:
    code = f"import sys, stepup_equity; print([m for m in {HEAVY} if m in sys.modules])"
    assert run(sys.executable, "-c", code).stdout.strip() == "[]"


def test_command_line_help_loads_no_heavy_package() -> None:
    code = (
        "import sys\nfrom stepup_equity.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    assert run(sys.executable, "-c", code).stdout.strip().endswith("[]")


def test_sketching_every_chart_loads_no_matplotlib() -> None:
    """A report's charts are drawn by another process, and this one need not wait for what draws them."""
    code = (
        "import sys\n"
        "import stepup_equity as su\n"
        "from stepup_equity.presentation.answers import Answers\n"
        "from stepup_equity.presentation.pictures import of_report, pictures\n"
        "from stepup_equity.presentation.progress import Steps\n"
        "from tests.presentation.cases import cases\n"
        "counts = cases()['two groups']\n"
        "answers = Answers(counts, counts.characteristics, step=Steps('', None))\n"
        "print(len(list(pictures(answers, of_report(answers)))) > 5, 'matplotlib' in sys.modules)"
    )
    assert run(sys.executable, "-c", code).stdout.strip() == "True False"


@pytest.mark.parametrize("name", sorted(set(stepup_equity.__all__) - {"__version__"}))
def test_public_name_exists_and_is_documented(name: str) -> None:
    found = getattr(stepup_equity, name)
    assert found.__doc__, f"{name} has no docstring"


def test_no_file_is_called_utils() -> None:
    assert not list(ROOT.glob("src/**/*util*.py"))


def test_tracked_files_name_no_machine() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if names.returncode != 0:
        pytest.skip("not a git checkout: tracked files cannot be listed")
    needles = ["/" + "work/", "/" + "root/", "/" + "home/", "py" + "pi.org"]
    for name in names.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".parquet", ".png", ".ods", ".xlsx", ".sav", ".feather"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not [needle for needle in needles if needle in text], name


def test_no_leftovers_in_the_source() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler):
                assert not (len(node.body) == 1 and isinstance(node.body[0], ast.Pass)), path.name


def test_a_name_with_an_underscore_belongs_to_its_file() -> None:
    """So no file needs a list of the names that others may import."""
    borrowed = [
        f"{path.relative_to(ROOT)}: {alias.name}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stepup_equity")
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert borrowed == []


PATH_IN_WORDS = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|\w+\.(?:py|toml))`")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_path_named_exists(page: str) -> None:
    named = PATH_IN_WORDS.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(named) > 8
    roots = (ROOT, ROOT / "src" / "stepup_equity")
    assert [path for path in named if not any((root / path).exists() for root in roots)] == []


def test_every_room_is_on_the_map() -> None:
    house = ROOT / "src" / "stepup_equity"
    rooms = {f"{room.name}/" for room in house.iterdir() if room.is_dir() and (room / "__init__.py").exists()}
    named = set(PATH_IN_WORDS.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    assert sorted(rooms - named) == []


LONGEST = 450
"""Lines of a file."""


def test_no_file_is_long() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / "src").rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def imported_at_the_top(path: Path, known: set[str]) -> set[str]:
    """Files that a file imports when it is loaded; what is imported within functions or for types is not."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= inside or ({node.module} & known)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & known
    return found


def test_no_files_import_each_other_in_a_circle() -> None:
    house = ROOT / "src"
    names = {
        ".".join(path.relative_to(house).with_suffix("").parts).removesuffix(".__init__"): path
        for path in house.rglob("*.py")
    }
    left = {name: imported_at_the_top(path, set(names)) for name, path in names.items()}
    while free := [name for name, needs in left.items() if not needs & left.keys()]:
        left = {name: needs for name, needs in left.items() if name not in free}
    assert sorted(left) == []


def test_one_place_puts_signs_before_numbers() -> None:
    """`signed` of `words/numbers.py`: nowhere else can a number that is rounded to zero get a sign."""
    source = Path(stepup_equity.__file__).parent
    formats = re.compile(r"\{[^{}]*:[^{}a-z]*\+[^{}]*[dfg%]\}|\{row[.\[][^{}]*%\}")
    found = [file for file in source.rglob("*.py") if formats.search(file.read_text(encoding="utf-8"))]
    assert [str(file.relative_to(source)) for file in found] == [str(Path("words", "numbers.py"))]
