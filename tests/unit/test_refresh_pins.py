"""The renewal of the pin table: what it takes from a lock of uv and what it refuses."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from groundplan.errors import ToolError
from groundplan.pins import Package, Table, load
from groundplan.refresh_pins import (
    LockedPackage,
    compiled_places,
    refresh,
    render_table,
    table_of,
)

REPOSITORY = Path(__file__).parents[2]


def locked(name: str, wheels: list[str]) -> LockedPackage:
    """A package as uv.lock has it; the hash of a file is its position."""
    return {
        "name": name,
        "version": "1.0",
        "source": {"registry": "an index"},
        "sdist": {"url": f"{name}-1.0.tar.gz", "hash": f"sha256:{0:064x}"},
        "wheels": [
            {"url": f"somewhere/{wheel}", "hash": f"sha256:{index:064x}"}
            for index, wheel in enumerate(wheels, 1)
        ],
    }


def test_keeps_the_sdist_and_the_wheels_of_cpython_on_common_platforms() -> None:
    kept = [
        "web-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        "web-1.0-cp314-cp314-musllinux_1_2_aarch64.whl",
        "web-1.0-cp39-abi3-macosx_11_0_arm64.whl",
        "web-1.0-cp315-abi3.abi3t-win_amd64.whl",
        "web-1.0-py2.py3-none-any.whl",
    ]
    dropped = [
        "web-1.0-cp310-cp310-manylinux_2_17_x86_64.whl",
        "web-1.0-cp314-cp314t-manylinux_2_17_x86_64.whl",
        "web-1.0-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl",
        "web-1.0-cp313-cp313-manylinux_2_17_s390x.whl",
        "web-1.0-cp313-cp313-ios_13_0_arm64_iphoneos.whl",
    ]
    (row,) = table_of([locked("web", kept + dropped)], ["web"]).values()
    assert row.hashes == tuple(f"{index:064x}" for index in range(len(kept) + 1))


def test_dependencies_become_requirements_and_empty_extras_are_kept() -> None:
    web = locked("web", [])
    web["dependencies"] = [
        {"name": "orm", "extra": ["asyncio"], "marker": "os_name == 'nt'"}
    ]
    web["optional-dependencies"] = {"fast": [{"name": "orm"}]}
    pins = table_of([web, locked("orm", [])], ["web[fast,none]"])
    assert pins[canonicalize_name("web")].dependencies == (
        "orm[asyncio]; os_name == 'nt'",
    )
    assert pins[canonicalize_name("web")].extras == {"fast": ("orm",), "none": ()}
    assert pins[canonicalize_name("orm")].extras == {"asyncio": ()}


def test_two_versions_of_a_package_are_refused() -> None:
    with pytest.raises(ToolError, match="web resolved to several versions"):
        table_of([locked("web", []), locked("web", [])], ["web"])


def test_a_package_from_elsewhere_than_an_index_is_refused() -> None:
    web = locked("web", [])
    web["source"] = {"git": "somewhere"}
    with pytest.raises(ToolError, match="web"):
        table_of([web], ["web"])


def test_names_where_a_package_is_compiled_and_refuses_where_it_cannot_be() -> None:
    web = locked(
        "web",
        [
            "web-1.0-cp311-abi3-manylinux_2_28_x86_64.whl",
            "web-1.0-cp39-abi3-manylinux_2_28_aarch64.whl",
            "web-1.0-cp311-abi3-macosx_11_0_universal2.whl",
            "web-1.0-cp314-cp314-win_amd64.whl",
        ],
    )
    assert list(compiled_places([web])) == [
        "web on Windows amd64, CPython 3.11 3.12 3.13"
    ]
    del web["sdist"]
    with pytest.raises(ToolError, match=r"web on Windows amd64.*neither"):
        list(compiled_places([web]))


def test_a_written_table_reads_back_the_same(tmp_path: Path) -> None:
    orm = Package(
        "1.0", ("a" * 64,), ("web; os_name == 'nt'",), {"all": (), "x": ("web",)}
    )
    pins: Table = {canonicalize_name("orm"): orm}
    (tmp_path / "pins.toml").write_text(render_table(pins))
    assert load(tmp_path / "pins.toml") == pins


@pytest.mark.slow
def test_ignores_what_this_machine_is_configured_to_install_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    (tmp_path / "template").mkdir()
    (tmp_path / "template" / "pins.in").write_text("h11  # a comment\n")
    done = refresh(tmp_path)
    assert [change.name for change in done.changes] == ["h11"]
    assert done.compiled == []
    text = (tmp_path / "template" / "pins.toml").read_text()
    assert "[package.h11]" in text
    assert "://" not in text
    assert refresh(tmp_path).changes == []


def test_the_shipped_table_is_what_the_writer_writes() -> None:
    text = (REPOSITORY / "template" / "pins.toml").read_text("utf-8")
    assert render_table(load()) == text
    assert len(text) < 400_000
