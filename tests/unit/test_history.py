"""Where versions of the template come from, and what is never opened or run."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan import bundle, history
from groundplan.errors import AnswerError, GroundplanError, ProjectError, ToolError
from groundplan.history import Origin

from ..repositories import change, commit, git, shallow, template
from .histories import PLACEHOLDER, Command, named, text_of, versions, wheel


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    yield Command(monkeypatch)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with three commits, of which the second is v0.1.0."""
    folder = template(tmp_path_factory.mktemp("original") / "groundplan")
    commit(folder, "two\n", "v0.1.0")
    commit(folder, "three\n")
    return folder


@pytest.fixture
def repository(command: Command, original: Path, tmp_path: Path) -> Path:
    """A copy of it, in which the command is."""
    folder = shutil.copytree(original, tmp_path / "groundplan")
    git(folder, "update-index", "--refresh")
    command.is_in(folder)
    return folder


class TestCheckout:
    def test_the_newest_is_the_commit_that_is_checked_out(
        self, repository: Path
    ) -> None:
        head = git(repository, "rev-parse", "HEAD")
        assert history.newest() == Origin(str(repository), f"v0.1.0-1-g{head[:12]}")

    def test_a_version_is_known_by_its_tag(self, repository: Path) -> None:
        git(repository, "tag", "nightly")
        git(repository, "tag", "v0.2.0")
        assert history.newest().commit == "v0.2.0"

    def test_what_is_not_committed_is_no_version(self, repository: Path) -> None:
        before = history.newest()
        assert not history.uncommitted()
        change(repository, "README.md", "Others.\n")
        assert not history.uncommitted()
        change(repository, "template/new", "uncommitted\n")
        assert history.uncommitted()
        assert history.newest() == before

    def test_files_without_a_history_are_no_version(
        self, command: Command, tmp_path: Path
    ) -> None:
        command.is_in(tmp_path)
        assert history.nearest() is None
        with pytest.raises(ProjectError, match="without its history"):
            history.newest()

    @pytest.mark.parametrize("form", ["tag", "described", "short", "full"])
    def test_every_form_of_a_recorded_commit(
        self, repository: Path, tmp_path: Path, form: str
    ) -> None:
        second = git(repository, "rev-parse", "HEAD~1")
        recorded = {
            "tag": "v0.1.0",
            "described": f"v0.0.9-3-g{second[:7]}",
            "short": second[:7],
            "full": second,
        }[form]
        origin = Origin(str(repository), recorded)
        assert text_of(origin, tmp_path / "old") == "two\n"
        script = tmp_path / "old" / "template" / "run"
        assert script.stat().st_mode & 0o777 == 0o755

    @pytest.mark.parametrize(
        "recorded",
        ["v0.9.0", "0123456", "main", "HEAD~1", "-h", "--output=x", "a:b", ""],
    )
    def test_what_is_no_version_of_it(
        self, repository: Path, tmp_path: Path, recorded: str
    ) -> None:
        with pytest.raises(ProjectError, match="not in the history") as caught:
            history.checkout(Origin(str(repository), recorded), tmp_path / "old")
        assert "newer groundplan" in str(caught.value)
        assert not (tmp_path / "old").exists()

    def test_a_branch_that_is_called_like_a_hash_is_none(
        self, repository: Path, tmp_path: Path
    ) -> None:
        git(repository, "branch", "0123456")
        with pytest.raises(ProjectError, match="not in the history"):
            history.checkout(Origin(str(repository), "0123456"), tmp_path / "old")

    def test_the_same_bytes_whatever_the_user_has_configured(
        self, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attributes = tmp_path / "attributes"
        attributes.write_text("file filter=loud\nrun export-ignore\n")
        settings = tmp_path / "gitconfig"
        settings.write_text(
            "[core]\nautocrlf = true\neol = crlf\n"
            f"attributesFile = {attributes}\n"
            '[filter "loud"]\nsmudge = tr a-z A-Z\n[tar]\numask = 0077\n'
        )
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
        origin = Origin(str(repository), "v0.1.0")
        assert text_of(origin, tmp_path / "old") == "two\n"

    def test_a_shallow_clone_says_how_to_get_the_rest(
        self, repository: Path, command: Command, tmp_path: Path
    ) -> None:
        clone = shallow(tmp_path / "shallow", repository)
        command.is_in(clone)
        newest = history.newest()
        assert text_of(newest, tmp_path / "new") == "three\n"
        with pytest.raises(ProjectError) as caught:
            history.checkout(Origin(str(clone), "v0.1.0"), tmp_path / "old")
        assert f"git fetch --unshallow --tags` in {clone}" in str(caught.value)
        git(clone, "fetch", "--quiet", "--unshallow", "--tags")
        assert text_of(Origin(str(clone), "v0.1.0"), tmp_path / "old") == "two\n"

    def test_a_link_is_refused(self, repository: Path, tmp_path: Path) -> None:
        (repository / "template" / "link").symlink_to("/etc/passwd")
        commit(repository, "four\n", "v0.2.0")
        with pytest.raises(ProjectError, match="template/link: is neither"):
            history.checkout(Origin(str(repository), "v0.2.0"), tmp_path / "new")

    def test_older_is_what_the_other_has_in_its_past(self, repository: Path) -> None:
        first, newest = versions(repository, "HEAD~2", "HEAD")
        (tag,) = versions(repository, "v0.1.0")
        assert history.is_older(first, tag)
        assert history.is_older(tag, newest)
        assert not history.is_older(newest, tag)
        assert not history.is_older(tag, *versions(repository, "HEAD~1"))
        assert not history.is_older(newest, Origin(str(repository), "v9.9.9"))

    def test_older_than_a_version_that_only_another_repository_has(
        self, repository: Path, tmp_path: Path
    ) -> None:
        """An unknown one is not asked, even when it has both."""
        other = tmp_path / "other"
        git(tmp_path, "clone", "--quiet", str(repository), str(other))
        (later,) = versions(other, commit(other, "four\n"))
        assert history.is_older(history.newest(), named(other, later.commit))
        assert not history.is_older(history.newest(), later)


class TestOrigins:
    """What the answers name may come with somebody's clone."""

    def test_its_own_folder_and_public_address_are_known(
        self, repository: Path, tmp_path: Path
    ) -> None:
        change(
            repository,
            "pyproject.toml",
            '[project.urls]\nRepository = "https://Example.com/team/groundplan.git"\n',
        )
        (tmp_path / "link").symlink_to(repository)
        known = [
            str(repository),
            f"{repository}/",
            str(tmp_path / "link"),
            repository.as_uri(),
            "https://example.com/team/groundplan",
            "git+https://example.com/team/groundplan.git",
        ]
        unknown = [
            str(tmp_path),
            "https://example.com/other/groundplan.git",
            "https://example.org/team/groundplan.git",
            "http://example.com/team/groundplan.git",
            "ext::sh -c true",
            "gh:team/groundplan",
            "",
        ]
        assert all(history.is_known(Origin(url, "v1")) for url in known)
        assert not any(history.is_known(Origin(url, "v1")) for url in unknown)

    def test_an_unknown_one_is_refused_and_not_opened(
        self, repository: Path, tmp_path: Path
    ) -> None:
        other = template(tmp_path / "other")
        origin = Origin(str(other), git(other, "rev-parse", "HEAD"))
        with pytest.raises(ProjectError, match="--source") as caught:
            history.checkout(origin, tmp_path / "old")
        assert str(other) in str(caught.value)

    def test_a_template_that_moved_has_the_version(
        self, repository: Path, tmp_path: Path
    ) -> None:
        moved = tmp_path / "moved"
        git(tmp_path, "clone", "--quiet", str(repository), str(moved))
        assert text_of(named(moved, "v0.1.0"), tmp_path / "old") == "two\n"

    def test_a_template_without_the_version_is_another(
        self, repository: Path, tmp_path: Path
    ) -> None:
        other = template(tmp_path / "other")
        with pytest.raises(ProjectError, match=r"other: has no version v0\.1\.0"):
            history.checkout(named(other, "v0.1.0"), tmp_path / "x")

    def test_a_shallow_one_that_is_named(
        self, repository: Path, tmp_path: Path
    ) -> None:
        clone = shallow(tmp_path / "shallow", repository)
        with pytest.raises(ProjectError, match="git fetch --unshallow"):
            history.checkout(named(clone, "v0.1.0"), tmp_path / "x")

    @pytest.mark.parametrize(
        "place",
        [
            "ext::sh -c touch% ran",
            "git+ext::sh -c touch% ran",
            "fd::7",
            "git::https://127.0.0.1:9/x.git",
            "http://127.0.0.1:9/x.git",
            "git://127.0.0.1:9/x.git",
            "ftp://127.0.0.1:9/x.git",
            "--upload-pack=touch ran",
            "-u",
            "https://127.0.0.1:9/x.git\nfile:///",
            "nothing-here",
        ],
    )
    def test_odd_addresses_are_refused(
        self,
        repository: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        place: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(AnswerError, match="Name a"):
            history.checkout(named(place, "v0.1.0"), tmp_path / "x")
        assert not list(tmp_path.rglob("ran"))

    @pytest.mark.parametrize("scheme", ["ext::sh -c touch% ran #", "file://"])
    def test_settings_do_not_lead_an_address_elsewhere(
        self, repository: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
    ) -> None:
        target = f"{scheme}{repository}"
        for name, value in {
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": f"url.{target}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://example.com/x.git",
            "GIT_CONFIG_KEY_1": "protocol.ext.allow",
            "GIT_CONFIG_VALUE_1": "always",
        }.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ToolError, match=r"cannot be cloned: .*not allowed"):
            origin = named("https://example.com/x.git", "v0.1.0")
            history.checkout(origin, repository / "x")
        assert not list(repository.rglob("ran"))

    def test_a_server_that_is_not_there_is_told(
        self, repository: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(ToolError, match="cannot be cloned") as caught:
            origin = named("https://me:secret@127.0.0.1:9/x.git", "v0.1.0")
            history.checkout(origin, tmp_path / "x")
        assert "secret" not in str(caught.value)

    def test_a_repository_that_is_named_runs_nothing(
        self, command: Command, repository: Path, tmp_path: Path
    ) -> None:
        """Hooks and programs in its settings, and in its attributes."""
        script = tmp_path / "script"
        script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
        script.chmod(0o755)
        for hook in ("post-checkout", "pre-auto-gc", "reference-transaction"):
            (repository / ".git" / "hooks" / hook).symlink_to(script)
        for key in (
            "core.fsmonitor",
            "uploadpack.packObjectsHook",
            "filter.loud.smudge",
            "tar.tar.command",
        ):
            git(repository, "config", key, str(script))
        change(repository, ".gitattributes", "* filter=loud\n")
        git(repository, "-c", "core.fsmonitor=false", "add", ".gitattributes")
        git(
            repository, "-c", "core.hooksPath=", "commit", "--quiet", "-m", "Attributes"
        )
        git(repository, "-c", "core.hooksPath=", "tag", "v0.2.0")
        (tmp_path / "ran").unlink(missing_ok=True)
        moved = repository.rename(tmp_path / "moved")
        command.is_in(tmp_path / "elsewhere")
        assert text_of(named(moved, "v0.2.0"), tmp_path / "old") == "three\n"
        assert not (tmp_path / "ran").exists()


class TestWheel:
    def test_it_has_all_versions_up_to_its_own(
        self, repository: Path, command: Command, tmp_path: Path
    ) -> None:
        before = history.newest()
        command.is_in(wheel(repository, tmp_path / "wheel"))
        git(repository, "tag", "v0.2.0")  # a wheel knows nothing of what comes later
        assert history.newest() == Origin(PLACEHOLDER, before.commit)
        assert not history.uncommitted()
        repository.rename(tmp_path / "gone")
        assert text_of(history.newest(), tmp_path / "new") == "three\n"
        assert text_of(Origin(PLACEHOLDER, "v0.1.0"), tmp_path / "old") == "two\n"
        assert history.is_older(Origin(PLACEHOLDER, "v0.1.0"), history.newest())

    def test_tags_beside_its_past_are_left_out(
        self, repository: Path, command: Command, tmp_path: Path
    ) -> None:
        git(repository, "switch", "--quiet", "--create", "other")
        commit(repository, "other\n", "v0.1.1")
        git(repository, "switch", "--quiet", "main")
        command.is_in(wheel(repository, tmp_path / "wheel"))
        with pytest.raises(ProjectError, match="not in the history"):
            history.checkout(Origin(PLACEHOLDER, "v0.1.1"), tmp_path / "old")

    def test_the_same_commit_gives_the_same_bytes(
        self, repository: Path, tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        git(tmp_path, "clone", "--quiet", str(repository), str(other))
        git(other, "repack", "-a", "-d", "-f", "--depth=1")
        git(other, "switch", "--quiet", "--create", "another-name")
        one, two = wheel(repository, tmp_path / "one"), wheel(other, tmp_path / "two")
        for name in (bundle.BUNDLE, bundle.ORIGIN):
            assert (one / name).read_bytes() == (two / name).read_bytes()

    def test_what_is_not_committed_is_not_packed(
        self, repository: Path, tmp_path: Path
    ) -> None:
        change(repository, ".ok", "of an installer, not packed\n")
        wheel(repository, tmp_path / "one")
        change(repository, "template/new", "uncommitted\n")
        with pytest.raises(ProjectError, match="template/new is not committed"):
            wheel(repository, tmp_path / "two")

    @pytest.mark.parametrize("options", [["--depth=1"], ["--filter=blob:none"]])
    def test_part_of_a_history_is_not_packed(
        self, repository: Path, command: Command, tmp_path: Path, options: list[str]
    ) -> None:
        clone = tmp_path / "clone"
        git(repository, "config", "uploadpack.allowFilter", "true")
        uri = repository.as_uri()
        git(tmp_path, "clone", "--quiet", *options, uri, str(clone))
        folder = wheel(clone, tmp_path / "wheel")
        assert [path.name for path in folder.iterdir()] == [bundle.ORIGIN]
        command.is_in(folder)
        with pytest.raises(ProjectError, match="carries no history"):
            history.checkout(history.newest(), tmp_path / "new")

    def test_newer_versions_come_from_the_public_address(
        self,
        repository: Path,
        command: Command,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """By ssh, whose other end runs here."""
        ssh = tmp_path / "ssh"
        ssh.write_text('#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
        ssh.chmod(0o755)
        monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
        url = f"ssh://example.com{repository}/.git"
        command.is_in(wheel(repository, tmp_path / "wheel", url))
        commit(repository, "four\n", "v0.2.0")
        assert text_of(Origin(url, "v0.2.0"), tmp_path / "new") == "four\n"
        assert history.is_older(history.newest(), Origin(url, "v0.2.0"))
        with pytest.raises(ProjectError, match=r"v0\.3\.0 is not in the history"):
            history.checkout(Origin(url, "v0.3.0"), tmp_path / "x")

    def test_an_address_that_is_nobodys_is_not_asked(
        self, repository: Path, command: Command, tmp_path: Path
    ) -> None:
        command.is_in(wheel(repository, tmp_path / "wheel"))
        assert not history.has_public_home(PLACEHOLDER)
        assert not history.has_public_home("https://invalid./x.git")
        assert history.has_public_home("https://example.com/x.git")
        with pytest.raises(GroundplanError, match="newer groundplan"):
            history.checkout(Origin(PLACEHOLDER, "v0.2.0"), tmp_path / "x")

    def test_its_origin_is_plain(self, repository: Path, tmp_path: Path) -> None:
        folder = wheel(repository, tmp_path / "wheel")
        text = (folder / bundle.ORIGIN).read_text("utf-8")
        assert json.loads(text).keys() == {"url", "commit"}
        assert str(tmp_path) not in text
