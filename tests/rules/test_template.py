"""The template keeps its rules, and each rule is seen to fail on a small bad tree."""

from collections.abc import Callable
from pathlib import Path

import pytest

from . import gate_rules, template_tree
from . import template_rules as rules

REPOSITORY = Path(__file__).parents[2]

COPIER = """\
_subdirectory: template/layers
---
!include template/questions/all.yml
"""
QUESTIONS = """\
name: {type: str, default: x}
color:
  type: str
  choices: {Red: red, Blue: blue}
  default: red
extra:
  type: str
  multiselect: true
  choices: {One: one, Two: two}
color_red:
  when: false
  default: "[= '.' if color == 'red' =]"
  validator: computed
color_blue:
  when: false
  default: "[= '.' if color == 'blue' =]"
  validator: computed
extra_one:
  when: false
  default: "[= '.' if 'one' in extra =]"
  validator: computed
extra_without_one:
  when: false
  default: "[= '.' if 'one' not in extra =]"
  validator: computed
extra_two:
  when: false
  default: "[= '.' if 'two' in extra =]"
  validator: computed
gates:
  type: yaml
  when: false
  default: |-
    [% for name, gate in [
      ("color_red", color_red),
      ("color_blue", color_blue),
      ("extra_one", extra_one),
      ("extra_without_one", extra_without_one),
      ("extra_two", extra_two),
    ] if gate %]
    - [= name =]
    [% endfor %]
"""
IMPORT = '[% from "template/includes/parts.jinja" import parts with context %]\n'
PARTS = """\
[% macro parts(slot) %]
[% for gate in gates %][% include gate ~ slot ignore missing %][% endfor %]
[% endmacro %]
"""
FILES = {
    "copier.yml": COPIER,
    "template/questions/all.yml": QUESTIONS,
    "template/includes/parts.jinja": PARTS,
    "template/layers/README.md.jinja": f'{IMPORT}# [= name =]\n[= parts("readme") =]',
    "template/layers/[= color_red =]/src/paint.py": '"""Red."""\n\n\ndef mix(): ...\n',
    "template/layers/[= color_blue =]/src/paint.py": '"""B."""\n\n\ndef mix(): ...\n',
    "template/layers/[= extra_one =]/one.txt": "1\n",
    "template/layers/[= extra_without_one =]/one.txt": "0\n",
    "template/layers/src/main.py": '"""Main."""\n\nfrom .paint import mix\n\nmix()\n',
    "template/parts/extra_two/readme.jinja": "Two.\n",
}

Rule = Callable[[Path], list[str]]


def together(condition: str) -> str:
    """The questions, with a gate that two choices of one question let in."""
    gate = f"""\
color_red_or_blue:
  when: false
  default: "[= '.' if {condition} =]"
  validator: computed
extra_one:
"""
    listed = '      ("color_red_or_blue", color_red_or_blue),\n      ("extra_one"'
    return QUESTIONS.replace("extra_one:\n", gate).replace('      ("extra_one"', listed)


def tree(folder: Path, changes: dict[str, str | None]) -> Path:
    """A small template that keeps all rules, but for the changes."""
    for name, text in (FILES | changes).items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


RULES: dict[Rule, list[dict[str, str | None]]] = {
    rules.conditions: [
        {"template/layers/x.jinja": "[% if name %]a[% endif %]"},
        {"template/layers/x.jinja": "[= 'a' if color == 'red' else 'b' =]"},
        {"template/layers/x.jinja": "[% for c in extra if c != 'one' %][% endfor %]"},
        {"template/layers/x.jinja": "[= color == 'red' and 'a' =]"},
        {"template/layers/x.jinja": "[= extra | select('equalto', 'one') | list =]"},
        {"template/parts/extra_two/readme.jinja": "[% if extra %]a[% endif %]"},
        {"template/includes/m.jinja": "[% macro m() %][= color or 1 =][% endmacro %]"},
        {"template/contexts/s/x.py.jinja": "[% if extra_one %]a[% endif %]"},
        {"template/contexts/s/x.py.jinja": "[= 'a' if database or color_red =]"},
    ],
    rules.unknown_names: [
        {"template/layers/x.jinja": "[= nmae =]"},
        {"template/parts/extra_two/readme.jinja": "[= other =]"},
    ],
    rules.changing_output: [
        {"template/layers/x.jinja": "[= [1, 2] | random =]"},
        {"template/contexts/s/x.jinja": "[= now() =]"},
    ],
    rules.needless_or_forgotten_suffix: [
        {"template/layers/x.py": "a = '[= name =]'"},
        {"template/layers/x.py.jinja": "a = 1"},
    ],
    gate_rules.gates_without_question: [
        {"template/layers/[= color_green =]/x.txt": "x"},
        {"template/parts/color_green/readme.jinja": "x\n"},
        {"template/layers/[= color =]/x.txt": "x"},
    ],
    gate_rules.gates_without_use: [
        {"template/layers/[= extra_one =]/one.txt": None},
        {"template/parts/extra_two/readme.jinja": None},
    ],
    gate_rules.gates_that_are_wrong: [
        {"template/questions/all.yml": QUESTIONS.replace("== 'red'", "== 'rde'")},
        {"template/questions/all.yml": QUESTIONS.replace("'two' in", "'one' in")},
        {"template/questions/all.yml": QUESTIONS.replace("'one' not in", "'one' in")},
        {"template/questions/all.yml": QUESTIONS.replace("'one' not", "'two' not")},
        {"template/questions/all.yml": QUESTIONS.replace("without_one", "without_1")},
        {"template/questions/all.yml": QUESTIONS.replace(", Two: two", "")},
        {"template/questions/all.yml": QUESTIONS.replace("Two: two", "Six: six")},
        {
            "template/questions/all.yml": QUESTIONS.replace(
                "  validator: computed\n", ""
            )
        },
        {
            "template/questions/all.yml": QUESTIONS.replace(
                '      ("extra_one", extra_one),\n', ""
            )
        },
        {
            "template/questions/all.yml": QUESTIONS.replace(
                '("extra_one", extra_one)', '("extra_one", extra_two)'
            )
        },
        {"template/questions/all.yml": together("color == 'red'")},
        {"template/questions/all.yml": together("color in ['red', 'green']")},
    ],
    rules.parts_without_slot: [
        {"template/parts/extra_two/raedme.jinja": "x\n"},
        {"template/parts/extra_two/readme.md": "x\n"},
        {"template/parts/extra_two/deep/readme.jinja": "x\n"},
    ],
    rules.slots_without_part: [
        {"template/layers/x.jinja": f'{IMPORT}[= parts("nobody") =]'},
    ],
    rules.parts_out_of_shape: [
        {"template/parts/extra_two/readme.jinja": "no end"},
        {"template/parts/extra_two/readme.jinja": ""},
        {
            "template/layers/x.jinja": f'{IMPORT}In [= parts("line") =] a line.',
            "template/parts/extra_two/line.jinja": "breaks\n",
        },
    ],
    rules.written_twice: [
        {"template/layers/[= extra_two =]/one.txt": "x"},
        {"template/layers/one.txt": "x"},
        {"template/layers/[= extra_two =]/One.txt.jinja": "x"},
        {"template/layers/[= extra_two =]/[= color_red =]/one.txt": "x"},
    ],
    rules.different_names: [
        {"template/layers/[= color_red =]/src/paint.py": "def blend(): ...\n"},
        {
            "template/layers/[= color_red =]/src/paint.py": None,
            "template/layers/[= color_red =]/src/paint.py.jinja": "a = [= name =]\n",
        },
        {
            "template/layers/[= color_red =]/src/paint.py": "def mix(): ...\nA = 1\n",
            "template/layers/src/user.py": "from . import paint\n\nprint(paint.A)\n",
        },
    ],
    rules.bad_file_names: [
        {"template/layers/aux.py": "x"},
        {"template/layers/NUL.jinja": "x"},
        {"template/layers/a:b.txt": "x"},
        {"template/layers/trailing .jinja": "x"},
        {"template/layers/readme.md": "x"},
        {"template/contexts/what?.jinja": "x"},
    ],
    rules.inclusions: [
        {"template/questions/more.yml": "a: {type: str}"},
        {"copier.yml": COPIER + "---\n!include template/questions/all.yml\n"},
        {"copier.yml": COPIER + "---\n!include template/questions/none.yml\n"},
        {"copier.yml": "a: 1\n---\n_subdirectory: x\n" + COPIER.partition("\n")[2]},
    ],
    rules.trusted_features: [
        {"copier.yml": "_tasks: [rm]\n" + COPIER},
        {"copier.yml": "_migrations: []\n" + COPIER},
        {"copier.yml": "_jinja_extensions: [x]\n" + COPIER},
    ],
    rules.absolute_imports: [
        {"template/layers/src/x.py.jinja": "from [= package =].a import b\n"},
        {"template/layers/src/x.py.jinja": "def f():\n    import [= package =]\n"},
    ],
    rules.code_without_purpose: [{"template/layers/src/x.py": "a = 1\n"}],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_template_keeps_it(rule: Rule) -> None:
    assert rule(REPOSITORY) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_tree_keeps_it(rule: Rule, tmp_path: Path) -> None:
    assert rule(tree(tmp_path, {})) == []


def test_choices_of_a_question_may_share_a_gate(tmp_path: Path) -> None:
    shared = together("color in ['red', 'blue']")
    folder = tree(tmp_path, {"template/questions/all.yml": shared})
    assert gate_rules.gates_that_are_wrong(folder) == []
    assert {"color_red", "color_blue"} in gate_rules.alternatives(folder)
    assert not any(
        "color_red_or_blue" in one for one in gate_rules.alternatives(folder)
    )


def test_what_a_validator_refuses_together_may_write_one_path(tmp_path: Path) -> None:
    refusal = "[% if 'one' in extra and 'two' in extra %]one way[% endif %]"
    entry = "choices: {One: one, Two: two}"
    changes: dict[str, str | None] = {
        "template/layers/[= extra_two =]/one.txt": "2\n",
        "template/layers/[= extra_without_one =]/one.txt": None,
    }
    folder = tree(tmp_path, changes)
    assert rules.written_twice(folder)
    refused = QUESTIONS.replace(entry, f'{entry}\n  validator: "{refusal}"')
    (folder / "template/questions/all.yml").write_text(refused, "utf-8")
    assert rules.written_twice(folder) == []


def test_choices_that_go_together_are_no_alternatives(tmp_path: Path) -> None:
    """Of several flags, those that share a gate may meet any other."""
    more = QUESTIONS.replace("Two: two", "Two: two, Six: six")
    shared = """\
extra_one_or_two:
  when: false
  default: "[= '.' if 'one' in extra or 'two' in extra =]"
  validator: computed
extra_six:
  when: false
  default: "[= '.' if 'six' in extra =]"
  validator: computed
gates:
"""
    folder = tree(
        tmp_path, {"template/questions/all.yml": more.replace("gates:\n", shared)}
    )
    assert not any(
        {"extra_one_or_two", "extra_six"} <= one
        for one in gate_rules.alternatives(folder)
    )


@pytest.mark.parametrize(
    ("rule", "number"),
    [(rule, number) for rule, bad in RULES.items() for number in range(len(bad))],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_bad_tree_breaks_it(rule: Rule, number: int, tmp_path: Path) -> None:
    assert rule(tree(tmp_path, RULES[rule][number]))


def test_every_rule_is_checked() -> None:
    offered = set[str]().union(
        *(rules.public_names(Path(str(one.__file__))) for one in (gate_rules, rules))
    )
    helpers = {"alternatives", "gates", "public_names", "slots", "used_names"}
    functions = {name for name in offered if name.islower()} - helpers
    assert functions == {rule.__name__ for rule in RULES}


def test_alternatives_at_one_path_are_seen() -> None:
    """The rules above would hold by themselves if no layer had an alternative."""
    targets = [file.target for file in template_tree.layered(REPOSITORY)]
    assert any(targets.count(target) > 1 for target in targets)
    assert rules.slots(REPOSITORY)
