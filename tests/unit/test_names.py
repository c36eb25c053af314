"""Names: whatever a contract calls a thing, Python and file systems take it."""

import builtins
import keyword
import re
import warnings
from collections.abc import Callable
from typing import Any

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from groundplan import names, source
from groundplan.names import Names

texts = st.text(max_size=80) | st.sampled_from([*keyword.kwlist, *dir(builtins)])
FUNCTIONS: dict[str, Callable[[str], str]] = {
    "snake": names.snake,
    "pascal": names.pascal,
    "field": names.field_name,
    "parameter": names.parameter_name,
    "method": names.method_name,
    "context": names.context_name,
    "table": names.table_name,
}
WINDOWS = ["con", "PRN", "Aux", "nul", "COM1", "lpt9"]


@pytest.mark.parametrize("kind", FUNCTIONS)
@given(text=texts)
@example(text="")
@example(text="имя")
@example(text="名")
@example(text="2fa")
@example(text="__import__('os')")
@example(text="../../etc/passwd")
@example(text="a" * 10_000)
@example(text="\ud800")
@example(text="ﬁ")
@example(text="İ")
def test_any_text_gives_a_short_ascii_identifier(kind: str, text: str) -> None:
    name = FUNCTIONS[kind](text)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
    assert len(name) <= names.MAX_LENGTH + len("_context")
    assert FUNCTIONS[kind](text) == name
    if kind not in ("snake", "table"):
        assert not keyword.iskeyword(name)


@given(st.lists(texts, max_size=20))
def test_names_never_collide_also_when_case_is_ignored(given_texts: list[str]) -> None:
    taken = Names()
    handed = [taken.unique(names.field_name(text)).lower() for text in given_texts]
    assert len(set(handed)) == len(handed)


@given(st.lists(st.sampled_from(["a", "A", "a2", "a_2", "A2", "a_3"]), max_size=12))
def test_a_number_that_somebody_else_has_is_passed_over(wanted: list[str]) -> None:
    taken = Names()
    handed = [taken.unique(name).lower() for name in wanted]
    assert len(set(handed)) == len(handed)
    assert not wanted or handed[0] == wanted[0].lower()


def test_long_names_that_differ_at_the_end_stay_apart() -> None:
    first, second = names.snake("a" * 100 + "b"), names.snake("a" * 100 + "c")
    assert first != second
    assert len(first) == len(second) == names.MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "snake", "pascal"),
    [
        ("orderId", "order_id", "OrderId"),
        ("HTTPServerID", "http_server_id", "HttpServerId"),
        ("order-line items", "order_line_items", "OrderLineItems"),
        ("X-Request-ID", "x_request_id", "XRequestId"),
        ("naïve café", "naive_cafe", "NaiveCafe"),
        ("$filter", "filter", "filterModel"),
        ("2fa", "value_2fa", "Model2fa"),
    ],
)
def test_readable_names_stay_readable(text: str, snake: str, pascal: str) -> None:
    assert names.snake(text) == snake
    assert names.pascal(text).lower() == pascal.lower().removesuffix("model")


@pytest.mark.parametrize(
    "text",
    """list dict str int model_config copy json schema metadata registry
    query self class def mapped_column uuid4 utc_now""".split(),
)
def test_fields_leave_reserved_words_alone(text: str) -> None:
    assert names.field_name(text) == f"{text}_"


@pytest.mark.parametrize(
    "text", "body request response port path_of self import created".split()
)
def test_parameters_leave_what_functions_use_alone(text: str) -> None:
    assert names.parameter_name(text) == f"{text}_"


@pytest.mark.parametrize(
    "text",
    "database contexts client router list dict error_responses authenticated".split(),
)
def test_methods_leave_what_modules_use_alone(text: str) -> None:
    assert names.method_name(text) == f"{text}_"


@pytest.mark.parametrize(
    "text", ["UUID", "Schema", "Base", "Field", "Port", "Depends", "ValueError", "Text"]
)
def test_classes_leave_imported_names_alone(text: str) -> None:
    name = names.pascal(text)
    assert name not in names._CLASS_RESERVED
    assert name not in dir(builtins)


def test_fields_hide_nothing_of_a_model() -> None:
    public = [name for name in dir(BaseModel) if not name.startswith("_")]
    assert {names.field_name(name) for name in public}.isdisjoint(public)
    assert "model_dump" in public
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in (*public, "model_dump_x", "model_validate_", "modelDump"):
            fields: dict[str, Any] = {names.field_name(name): (int, 1)}
            assert create_model("Model", **fields)


@pytest.mark.parametrize("text", "xmin xmax ctid cmin cmax tableoid".split())
def test_columns_leave_those_of_postgresql_alone(text: str) -> None:
    assert names.field_name(text) == f"{text}_"


@pytest.mark.parametrize(
    "text",
    "sqlite_master pg_class alembic_version_books auth_accounts auth_sessions".split(),
)
def test_tables_leave_those_of_databases_alone(text: str) -> None:
    assert names.table_name(text) == f"table_{text}"


ALIKE = ["orderId", "order_id", "order-id", "ORDER_ID", "order_id_2", "Order Id", "имя"]


@given(st.permutations(ALIKE))
def test_no_field_is_called_like_another_property(wires: list[str]) -> None:
    found = names.field_names(wires)
    assert list(found) == wires
    assert len(set(found.values())) == len(wires)
    for wire, name in found.items():
        assert name == wire or name not in wires
    assert found["order_id"] == "order_id"
    assert found["order_id_2"] == "order_id_2"


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_names_in_other_scripts_stay_apart(kind: str) -> None:
    texts = ["用户", "订单", "заказы", "заказы v2", "товары v2", "شارع", "\U0001f600"]
    texts.append("\U0001f680")
    assert len({FUNCTIONS[kind](text) for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("text", "snake"),
    [("Straße", "strasse"), ("Smørrebrød", "smorrebrod"), ("\U0001f6d2 Cart", "cart")],
)
def test_latin_letters_and_decoration_leave_names_as_they_are(
    text: str, snake: str
) -> None:
    assert names.snake(text) == snake


def taken_by_the_template() -> set[str]:
    """What stands where contexts do: modules, folders, members of the wiring."""
    layers = source.repository() / "template" / "layers"
    found = set()
    for folder in ("src/[[]= package =]", "tests", "migrations"):
        for path in layers.rglob(f"{folder}/*"):
            if not path.name.startswith((".", "_")):
                found.add(path.name.partition(".")[0])
    texts = [path.read_text("utf-8") for path in layers.rglob("wiring.py.jinja")]
    parts = (layers.parent / "parts").rglob("wiring_members.jinja")
    texts += [path.read_text("utf-8") for path in parts]
    for text in texts:
        found.update(
            re.findall(r"^    (?:async )?def ([a-z]\w*)\(", text, re.MULTILINE)
        )
        found.update(re.findall(r"^        self\.([a-z]\w*) =", text, re.MULTILINE))
    return found


def test_contexts_are_called_like_nothing_of_the_template() -> None:
    taken = taken_by_the_template()
    assert {"wiring", "routers", "settings", "required_databases", "platform"} <= taken
    assert {names.context_name(name) for name in taken}.isdisjoint(taken)


@pytest.mark.parametrize("text", ["build", "dist", "venv", "node_modules", "end"])
def test_contexts_are_called_like_nothing_that_tools_pass_over(text: str) -> None:
    assert names.context_name(text) == f"{text}_context"


@pytest.mark.parametrize("text", WINDOWS)
def test_contexts_are_no_devices_of_windows(text: str) -> None:
    assert names.context_name(text) == f"{text.lower()}_context"


def contexts_problem(context: str) -> str:
    """What the template says against a context of this name."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(source.repository()),
        variable_start_string="[=",
        variable_end_string="=]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[##",
        comment_end_string="##]",
        autoescape=False,
    )
    environment.filters["regex_search"] = lambda text, pattern: re.search(pattern, text)
    environment.filters["regex_replace"] = lambda text, pattern, by: re.sub(
        pattern, by, text
    )
    module = environment.get_template("template/includes/names.jinja").module
    return str(module.contexts_problem([context])).strip()  # type: ignore[attr-defined]


RESERVED = """
    accounts class close contexts database databases generated main migrate
    platform required_databases routers settings tests wiring
    """.split()


@given(text=texts)
@example(text="Customer account management and billing")
@example(text="用户")
def test_the_template_allows_every_context(text: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", names.context_name(text))
    assert len(names.context_name(text)) <= names.MAX_CONTEXT_LENGTH


@pytest.mark.parametrize("text", [*RESERVED, *WINDOWS, "Customer account management"])
def test_the_template_allows_contexts_with_unlucky_names(text: str) -> None:
    assert contexts_problem(names.context_name(text)) == ""
    assert text not in RESERVED or contexts_problem(text)
