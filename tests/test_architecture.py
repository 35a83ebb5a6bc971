"""The house rules: imports go down, no circles, engines do not compute, laws compute and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cxsim
from cxsim.rules import LAWS
from cxsim.store import origin

ROOT = Path(cxsim.__file__).parent
FILES = {
    ".".join((*path.relative_to(ROOT.parent).parts[:-1], path.stem)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in FILES.items()}

# rooms of the house, by floor; the first pattern that fits a module decides
FLOORS: tuple[tuple[float, str], ...] = (
    (1.0, r"cxsim\.(streams|events|errors|compiling|inlining|parameters(\..*)?)"),
    (2.0, r"cxsim\.(rules(\..*)?|plan|roster|scenario(\..*)?|interventions|levers(\..*)?|toml_files|scorecard)"),
    (2.0, r"cxsim\.(foresight|packing|catalogue(\..*)?)"),
    (3.0, r"cxsim\.(eventlog(\..*)?|tally|sums|store(\..*)?)"),
    (4.0, r"cxsim\.(engines|readings)(\..*)?"),
    (5.0, r"cxsim\.(churn|forecast)(\..*)?"),
    (6.0, r"cxsim\.(studies|plots)(\..*)?"),
    (7.0, r"cxsim\.(cli|report|app|__main__)(\..*)?"),
    (8.0, r"cxsim"),
)  # fmt: skip


def _floor(module: str) -> float:
    for floor, pattern in FLOORS:
        if re.fullmatch(pattern, module):
            return floor
    raise AssertionError(f"{module} is in no room of the house: name it in docs and in FLOORS")


def _is_typing_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _walk(node: ast.AST, typing: bool) -> Iterator[ast.AST]:
    """All nodes; those under `if TYPE_CHECKING` only where asked for."""
    for child in ast.iter_child_nodes(node):
        if typing or not _is_typing_block(child):
            yield child
            yield from _walk(child, typing)


def _imports(module: str, *, typing: bool, lazy: bool = True) -> set[str]:
    """Modules of the package that a module imports, in functions too where `lazy`."""
    found: set[str] = set()
    tree = TREES[module]
    nodes = list(_walk(tree, typing))
    inside = {id(n) for f in nodes if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(f)}
    for node in nodes:
        if not lazy and id(node) in inside:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in FILES}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots; write the full name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in FILES:
                    found.add(inner)
                elif node.module in FILES and not (node.module == "cxsim" and alias.name == "__version__"):
                    found.add(node.module)
    return found - {module}


@pytest.mark.parametrize("module", FILES)
def test_every_file_is_in_a_room(module: str) -> None:
    assert _floor(module) > 0


@pytest.mark.parametrize("module", [m for m in FILES if m != "cxsim"])
def test_imports_go_down(module: str) -> None:
    upward = {other for other in _imports(module, typing=True) if _floor(other) > _floor(module)}
    assert upward == set()


def test_engines_and_readings_do_not_know_each_other() -> None:
    for module in FILES:
        imports = _imports(module, typing=True)
        if module.startswith("cxsim.engines"):
            assert not {m for m in imports if m.startswith("cxsim.readings")}
        if module.startswith("cxsim.readings"):
            assert not {m for m in imports if m.startswith("cxsim.engines")}


def _circles(graph: dict[str, set[str]]) -> list[tuple[str, ...]]:
    done: set[str] = set()
    found: list[tuple[str, ...]] = []

    def visit(module: str, path: tuple[str, ...]) -> None:
        if module in path:
            found.append((*path[path.index(module) :], module))
        elif module not in done:
            for other in sorted(graph.get(module, ())):
                visit(other, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())
    return found


def test_no_circles() -> None:
    assert _circles({m: _imports(m, typing=False, lazy=False) for m in FILES if m != "cxsim"}) == []


def test_circles_closed_inside_functions_stay_within_one_noun() -> None:
    """`EventLog.write` may ask for the file that writes logs; rooms of different nouns may not need each other."""
    graph = {m: _imports(m, typing=False) for m in FILES if m != "cxsim"}
    for circle in _circles(graph):
        nouns = {re.split(r"[._]", m.removeprefix("cxsim."))[0].rstrip("s") for m in circle}
        assert len(nouns) == 1, " → ".join(circle)


ENGINES = [m for m in FILES if m.startswith("cxsim.engines")]
# heaps, lines of people: they know no word of the model
QUEUES = {"cxsim.engines.reference.clock", "cxsim.engines.compiled.queue", "cxsim.engines.compiled.teams"}
# where the compiled clock's arrays are made, sized and reached, or summed up while they pass
ARRAYS = {
    f"cxsim.engines.compiled.{name}"
    for name in ("ahead", "history", "lanes", "memory", "setting", "setup", "shelf", "state", "table", "tally")
}
# columns are put together there, not computed
SHOWN = {"cxsim.engines.seen", "cxsim.engines.compiled.policy", "cxsim.engines.compiled.futures"}
LANES = {"k + OCCASIONS"}  # places of draws
FORBIDDEN = (ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.FloorDiv, ast.MatMult)


def _is_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1 and not isinstance(node.value, bool)


def _counts(node: ast.BinOp | ast.AugAssign) -> bool:
    """A counter or its neighbour: `x += 1`, `n + 1`, `by` of ±1 in a method that counts; or `now + delay`."""
    if isinstance(node, ast.BinOp):
        if ast.unparse(node.left) in ("s.now", "now", "time") and isinstance(node.op, ast.Add):
            return isinstance(node.right, ast.Name | ast.Call)
        return _is_one(node.right) or _is_one(node.left)
    return _is_one(node.value) or (isinstance(node.value, ast.Name) and node.value.id == "by")


@pytest.mark.parametrize("module", [m for m in ENGINES if m not in QUEUES | ARRAYS])
def test_engines_do_not_compute(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            place = f"{FILES[module].name}, line {node.lineno}: {ast.unparse(node)}"
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
                continue  # a union of types
            if any(ast.unparse(node) in lanes for lanes in LANES):
                continue
            if module != "cxsim.engines":
                assert not isinstance(node.op, FORBIDDEN), place
                assert isinstance(node.op, ast.Add | ast.Sub), place
                assert _counts(node), place


def test_only_limits_are_computed_where_an_engine_is_chosen() -> None:
    powers = [
        ast.unparse(n)
        for n in ast.walk(TREES["cxsim.engines"])
        if isinstance(n, ast.BinOp) and isinstance(n.op, FORBIDDEN)
    ]
    assert powers == ["2 ** 63", "2 ** 32"]


@pytest.mark.parametrize("module", ENGINES)
def test_engines_import_no_arithmetic(module: str) -> None:
    names = {
        alias.name.split(".")[0] for n in ast.walk(TREES[module]) if isinstance(n, ast.Import) for alias in n.names
    }
    names |= {str(n.module).split(".")[0] for n in ast.walk(TREES[module]) if isinstance(n, ast.ImportFrom)}
    allowed = {"numpy", "pandas"} if module in SHOWN else {"numpy"} if module in ARRAYS else set()
    assert not (names & {"math", "numpy", "scipy", "random", "statistics", "pandas"}) - allowed
    from_parameters = {m for m in _imports(module, typing=True) if m.startswith("cxsim.parameters")}
    assert from_parameters == set()


@pytest.mark.parametrize("module", sorted(QUEUES))
def test_queues_know_no_word_of_the_model(module: str) -> None:
    """But where their arrays stand, and the words for what a place is doing."""
    known = {m for m in _imports(module, typing=True) if m not in ARRAYS}
    assert known == set()


@pytest.mark.parametrize("module", ENGINES)
def test_engines_never_look_inside_a_parameter_row(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Subscript):
            text = ast.unparse(node)
            assert not re.match(r"(p|row|base|edits|edit)\[", text), f"{FILES[module].name}, line {node.lineno}: {text}"
            assert not re.search(r"rows\[[^]]*\]\[", text), f"{FILES[module].name}, line {node.lineno}: {text}"
            assert not re.search(r"month_rows\([^)]*\)\[[^]]*\]\[", text), text


@pytest.mark.parametrize("module", FILES)
def test_no_file_is_longer_than_400_lines(module: str) -> None:
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 400


def test_the_median_file_is_under_200_lines() -> None:
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in FILES.values())
    assert lengths[len(lengths) // 2] < 200


@pytest.mark.parametrize("module", FILES)
def test_no_keyword_soup(module: str) -> None:
    soups = [
        node.name
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.FunctionDef) and node.args.kwarg is not None and not node.name.startswith("_")
    ]
    assert soups == (["with_"] if module == "cxsim.scenario" else [])


@pytest.mark.parametrize("module", FILES)
def test_no_words_that_mean_nothing_and_no_hidden_state(module: str) -> None:
    words = {"utils", "util", "helpers", "helper", "manager", "process_data", "info", "pars", "misc", "common"}
    assert not words & set(re.split(r"[._]", module))
    for node in ast.walk(TREES[module]):
        assert not isinstance(node, ast.Global), f"{module}, line {node.lineno}"
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert node.name.strip("_").lower() not in words, f"{module}.{node.name}"


@pytest.mark.parametrize("module", FILES)
def test_no_hidden_generators_and_no_truth_of_seeds(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            assert not re.fullmatch(r"(np|numpy)\.random\.(seed|rand|randn|random|normal|uniform|choice)", text), module
            assert not (text.startswith("random.") and module.startswith(("cxsim.engines", "cxsim.rules"))), module
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
            assert node.test.id != "seed", f"{module}, line {node.lineno}: 0 is a seed"


# a unit of the store is known by its scenario's hash, whatever made the scenario
OF_SCENARIOS = r"cxsim\.(scenario(\..*)?|levers(\..*)?|catalogue|errors|toml_files)"


def test_the_fingerprint_of_the_laws_holds_every_source_that_a_replication_passes_through() -> None:
    passed: set[str] = set()
    todo = ["cxsim.studies.replications"]
    while todo:
        module = todo.pop()
        if module not in passed and not re.fullmatch(OF_SCENARIOS, module):
            passed.add(module)
            todo += _imports(module, typing=False)
    hashed = {str(ROOT / name) for name in origin.SOURCES}
    hashed |= {str(file) for room in origin.ROOMS for file in (ROOT / room).rglob("*.py")}
    assert {module for module in passed if str(FILES[module]) not in hashed} == set()
    assert all(Path(file).is_file() for file in hashed)


RULES = [m for m in FILES if m.startswith("cxsim.rules")]


@pytest.mark.parametrize("module", RULES)
def test_laws_are_plain_arithmetic(module: str) -> None:
    for node in ast.walk(TREES[module]):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module)]
        heavy = {name.split(".")[0] for name in names} & {"numpy", "simpy", "scipy", "pandas", "random", "numba"}
        # `compiled` alone may ask for Numba, when it is asked for
        assert not heavy or (module == "cxsim.rules.law" and heavy == {"numba"} and node.col_offset > 0)
        # x**2 and x**3 differ between plain and compiled code: write x*x
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)), f"{module}: {ast.unparse(node)}"


@pytest.mark.parametrize("module", RULES)
def test_every_public_function_of_the_laws_is_a_law(module: str) -> None:
    for node in TREES[module].body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and module != "cxsim.rules.law":
            assert [ast.unparse(d) for d in node.decorator_list] == ["law"], f"{module}.{node.name}"
            assert LAWS[node.name].__module__ == module


# what a law may state instead of a unit in brackets: its first line says what is counted or measured
UNITS = re.compile(
    r"\[[^\]]+\]|\?|chance|share|\bcode\b|months?\b|priority|reviews until|how (many|much|far|long)|relative change"
    r"|price level|in the (mean|median)'s unit|nearest|a parameter|1 if|standard normal|quantity by which",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_says_what_it_gives(name: str) -> None:
    """A unit in brackets, or a question, or in words what is counted."""
    doc = LAWS[name].__doc__ or ""
    first = doc.strip().split("\n\n")[0]
    assert first.split("\n")[0][0].isupper() or first[0].isdigit()
    assert UNITS.search(first), f"{name}: {first}"
    if "bool" in str(LAWS[name].__annotations__.get("return")):
        assert first.rstrip().endswith(("?", ".")), name
        assert "?" in first, name


@pytest.mark.parametrize("module", FILES)
def test_every_module_and_public_name_is_documented(module: str) -> None:
    tree = TREES[module]
    assert ast.get_docstring(tree), module
    for node in tree.body:
        # a *Shape is a table of a scenario file, key by key: the schema documents it
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not re.search("^_|Shape$", node.name):
            assert ast.get_docstring(node), f"{module}.{node.name}"


def test_all_arguments_after_the_first_are_keywords_in_the_verbs_of_the_face() -> None:
    verbs = {name: module for name, module in _rooms().items() if name.islower() and "." in module}
    for name, module in verbs.items():
        if module not in TREES:
            continue
        for node in TREES[module].body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                assert len(node.args.args) <= 1 or node.args.vararg is not None, f"{module}.{name}"


def _rooms() -> dict[str, str]:
    return dict(getattr(cxsim, "_ROOMS", {}))
