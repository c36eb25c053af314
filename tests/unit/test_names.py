"""Names: whatever a contract calls a thing, Python and file systems take it."""

import builtins
import keyword
import re
from collections.abc import Callable

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
    """list dict str int model_config model_dump copy json schema metadata registry
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
    "text", "database contexts client router list dict problems authenticated".split()
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
    platform routers settings tests wiring
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
