"""What the command renders is what Copier alone renders of the whole template."""

import shutil
from pathlib import Path

import copier
import pytest

from groundplan import layers, project, source
from groundplan.answers import presets

IDENTITY = {"project_name": "Shop", "package": "shop", "base_path": "/v1"}


@pytest.mark.parametrize("preset", ["api-only", "full"])
def test_it_is_what_copier_alone_renders(preset: str, tmp_path: Path) -> None:
    answers = {**presets()[preset].answers, **IDENTITY}
    template, alone = tmp_path / "template", tmp_path / "alone"
    template.mkdir()
    shutil.copy(source.repository() / "copier.yml", template)
    shutil.copytree(source.repository() / "template", template / "template")
    copier.run_copy(str(template), str(alone), data=answers, defaults=True, quiet=True)
    project.render(tmp_path / "rendered", answers)
    assert state(tmp_path / "rendered") == state(alone)


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """The modes and contents of all files; where the template was does not count."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, content(path))
        for path in folder.rglob("*")
    }


def content(path: Path) -> bytes:
    lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    return b"".join(line for line in lines if not line.startswith(b"_src_path: "))


def test_modes_stay_and_leftovers_of_editors_are_no_part(tmp_path: Path) -> None:
    template, workshop = tmp_path / "template", tmp_path / "workshop"
    layer = template / layers.LAYERS / "[= cache_redis =]" / "src"
    for name in ("run.sh", "a.pyc", "b.py~", "__pycache__/c.py", "page.md.jinja"):
        (layer / name).parent.mkdir(parents=True, exist_ok=True)
        (layer / name).write_text("content")
    (layer / "run.sh").chmod(0o755)
    (template / layers.LAYERS / "[= _copier_conf.answers_file =].jinja").touch()
    (template / "copier.yml").touch()
    workshop.mkdir()
    names = layers.questions(template, workshop)
    assert names == ["[= cache_redis =]"]
    plain = layers.let_in(template, workshop, {"[= cache_redis =]": "."})
    assert plain == {Path("src/run.sh"): layer / "run.sh"}
    merged = workshop / layers.LAYERS
    assert (merged / "src" / "page.md.jinja").read_text() == "content"
    assert not (merged / "src" / "run.sh").exists()


def test_a_layer_that_is_out_is_not_looked_at(tmp_path: Path) -> None:
    template, workshop = tmp_path / "template", tmp_path / "workshop"
    layer = template / layers.LAYERS / "[= cache_redis =]"
    layer.mkdir(parents=True)
    (layer / "cache.py").touch()
    (template / layers.LAYERS / "[= _copier_conf.answers_file =].jinja").touch()
    (template / "copier.yml").touch()
    workshop.mkdir()
    layers.questions(template, workshop)
    assert layers.let_in(template, workshop, {"[= cache_redis =]": ""}) == {}
