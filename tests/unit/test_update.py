"""Updates: what the team did and what the new version brings are both there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from groundplan import generate, workspace
from groundplan.update import abort, resume
from groundplan.workspace import ANSWERS

from .updates import (
    PACKAGE,
    TEMPLATE,
    Workplace,
    answers,
    commit,
    compared,
    edit,
    files,
    git,
    read,
    run,
    state,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(3.5),
    pytest.mark.xdist_group("update"),
]
SOURCES = "src/shop"
ERRORS = f"{SOURCES}/platform/errors.py"


class TestVersions:
    def test_a_new_version_comes_and_edits_stay(self, place: Workplace) -> None:
        project = place.project()
        edit(project, "README.md", "# Shop", "# Our shop")
        edit(project, ERRORS, "import", "# ours\nimport")
        own = project / SOURCES / "platform" / "own.py"
        own.write_text("OWN = 1\n")
        before = commit(project)
        edit(place.template, f"{TEMPLATE}/README.md.jinja", "## Run it", "## Start it")
        edit(place.template, f"{PACKAGE}/platform/paths.py", '"""', '"""New. ')
        (place.template / PACKAGE / "platform" / "extra.py").write_text("EXTRA = 1\n")
        place.release()
        report = run(project)
        assert "# Our shop" in read(project, "README.md")
        assert "## Start it" in read(project, "README.md")
        assert "# ours\nimport" in read(project, ERRORS)
        assert own.read_text() == "OWN = 1\n"
        assert report.merged == ["README.md"]
        assert report.changed == [f"{SOURCES}/platform/paths.py"]
        assert report.added == [f"{SOURCES}/platform/extra.py"]
        assert report.title == "v1.0.0 -> v2.0.0"
        assert answers(project)["_commit"] == "v2.0.0"
        assert answers(project)["_src_path"] == str(place.template)
        assert git(project, "rev-parse", "HEAD~1") == before
        assert git(project, "rev-parse", "HEAD") == report.commit
        assert git(project, "status", "--porcelain") == ""
        assert generate.generate(workspace.open_project(project), write=False).clean
        assert run(project).nothing

    def test_nothing_is_left_of_it(self, place: Workplace) -> None:
        project = place.project()
        refs = git(project, "for-each-ref")
        run(project, "error_format=flat")
        assert git(project, "worktree", "list").count("\n") == 0
        assert sorted(path.name for path in project.parent.iterdir()) == [
            "project",
            "template",
        ]
        assert not (project / ".git" / "worktrees").exists()
        assert not list((project / ".git").glob("*groundplan*"))
        branch = git(project, "for-each-ref").split()
        assert len(branch) == len(refs.split()) and branch[-1] == "refs/heads/main"

    def test_one_command_undoes_it(self, place: Workplace) -> None:
        project = place.project()
        before = files(project)
        report = run(project, "error_format=flat", "database=postgres")
        assert files(project) != before
        git(project, "reset", "--keep", report.before)
        assert files(project) == before

    def test_a_plan_says_the_same_and_changes_nothing(self, place: Workplace) -> None:
        project = place.project()
        before = state(project)
        plan = run(project, "error_format=flat", plan=True)
        assert state(project) == before
        assert plan.planned and not plan.commit
        done = run(project, "error_format=flat")
        for kind in ("added", "changed", "merged", "removed", "derived", "kept"):
            assert getattr(plan, kind) == getattr(done, kind), kind

    def test_an_edit_follows_a_renamed_file(self, place: Workplace) -> None:
        project = place.project()
        edit(project, ERRORS, "import", "# ours\nimport")
        commit(project)
        folder = place.template / PACKAGE / "platform"
        (folder / "errors.py").rename(folder / "faults.py")
        place.release()
        report = run(project)
        assert not report.conflicts
        assert not (project / ERRORS).exists()
        assert "# ours\nimport" in read(project, f"{SOURCES}/platform/faults.py")

    def test_a_file_that_the_team_has_renamed_gets_the_change(
        self, place: Workplace
    ) -> None:
        project = place.project()
        git(project, "mv", ERRORS, f"{SOURCES}/platform/faults.py")
        commit(project)
        edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
        place.release()
        run(project)
        assert not (project / ERRORS).exists()
        assert "# new\nimport" in read(project, f"{SOURCES}/platform/faults.py")

    def test_what_the_team_deleted_stays_deleted(self, place: Workplace) -> None:
        project = place.project()
        (project / ERRORS).unlink()
        commit(project)
        edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
        place.release()
        report = run(project)
        assert not (project / ERRORS).exists()
        assert any(
            note.startswith(f"{ERRORS}: you had deleted") for note in report.notes
        )

    def test_line_ends_modes_links_and_binaries_survive(self, place: Workplace) -> None:
        project = place.project()
        text = (project / ERRORS).read_bytes()
        (project / ERRORS).write_bytes(text.replace(b"\n", b"\r\n") + b"# ours\r\n")
        (project / "README.md").chmod(0o755)
        (project / "logo.png").write_bytes(bytes(range(256)))
        (project / "link").symlink_to("README.md")
        commit(project)
        edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
        edit(place.template, f"{TEMPLATE}/README.md.jinja", "## Run it", "## Start it")
        place.release()
        report = run(project)
        assert not report.conflicts
        after = (project / ERRORS).read_bytes()
        assert b"# new\r\nimport" in after and after.endswith(b"# ours\r\n")
        assert after.count(b"\n") == after.count(b"\r\n")
        assert (project / "README.md").stat().st_mode & 0o111
        assert "## Start it" in read(project, "README.md")
        assert (project / "logo.png").read_bytes() == bytes(range(256))
        assert (project / "link").readlink() == Path("README.md")

    def test_lines_that_both_only_add_are_both_meant(self, place: Workplace) -> None:
        project = place.project()
        main = f"{SOURCES}/main.py"
        first = next(
            line
            for line in read(project, main).splitlines()
            if line.startswith("from .")
        )
        edit(project, main, first, f"{first}\nfrom .own import OWN")
        (project / SOURCES / "own.py").write_text("OWN = 1\n")
        commit(project)
        edit(
            place.template,
            f"{PACKAGE}/main.py.jinja",
            first,
            f"{first}\nfrom .x import X",
        )
        place.release()
        report = run(project)
        assert not report.conflicts
        assert "from .own import OWN\n" in read(project, main)
        assert "from .x import X\n" in read(project, main)

    def test_a_project_in_a_folder_of_a_repository(self, place: Workplace) -> None:
        project = place.project("mono/services/shop", repository=False)
        mono = place.folder / "mono"
        (mono / "other.txt").write_text("committed\n")
        git(mono, "init", "--quiet", "--initial-branch=main")
        commit(mono)
        (mono / "other.txt").write_text("on its way\n")
        (mono / "staged.txt").write_text("staged\n")
        git(mono, "add", "staged.txt")
        edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
        place.release()
        run(project)
        assert "# new" in read(project, ERRORS)
        assert git(mono, "status", "--porcelain") == "M other.txt\nA  staged.txt"
        changed = git(mono, "diff", "--name-only", "HEAD~1", "HEAD").splitlines()
        assert changed and all(path.startswith("services/shop/") for path in changed)

    def test_revisions_are_never_touched(self, place: Workplace) -> None:
        project = place.project(auth="jwt")
        revision = "migrations/accounts/versions/0001_accounts.py"
        edit(project, revision, '"""', '"""Ours. ')
        commit(project)
        versions = f"{TEMPLATE}/[= auth_jwt_or_oidc =]/migrations/accounts/versions"
        edit(place.template, f"{versions}/0001_accounts.py", '"""', '"""Theirs. ')
        new = place.template / versions / "0009_more.py"
        new.write_text('"""More."""\nrevision = "m"\ndown_revision = "x"\n')
        place.release()
        report = run(project)
        assert '"""Ours. ' in read(project, revision)
        assert report.migrations == ["migrations/accounts/versions/0009_more.py: More."]

    def test_a_feature_comes_back_with_its_revisions(self, place: Workplace) -> None:
        project = place.project(sample=True)
        first = files(project)
        report = run(project, "auth=none")
        assert any("migrations/accounts" in step for step in report.steps)
        assert (project / "migrations/accounts/versions/0001_accounts.py").exists()
        assert not (project / SOURCES / "platform/auth").exists()
        run(project, "auth=jwt")
        assert files(project) == first

    def test_the_package_gets_another_name(self, place: Workplace) -> None:
        project = place.project(sample=True)
        fresh = place.project("fresh", sample=True, package="store")
        edit(project, ERRORS, "import", "# ours\nimport")
        (project / SOURCES / "orders" / "own.py").write_text("OWN = 1\n")
        commit(project)
        report = run(project, "package=store")
        assert not report.conflicts
        assert any(step.startswith("imports of shop") for step in report.steps)
        own = project / "src/store/orders/own.py"
        assert own.read_text() == "OWN = 1\n"
        own.unlink()
        edit(project, "src/store/platform/errors.py", "# ours\n", "")
        assert compared(project) == compared(fresh)

    def test_a_team_s_package_keeps_its_lock(self, place: Workplace) -> None:
        project = place.project()
        edit(
            project, "pyproject.toml", '    "alembic",', '    "alembic",\n    "boto9",'
        )
        own = f"boto9==9.1 \\\n    --hash=sha256:{'a' * 64}\n"
        deep = f"botocore9==8.0 ; os_name == 'posix' \\\n    --hash=sha256:{'b' * 64}\n"
        for name in ("requirements.lock", "requirements-dev.lock"):
            with (project / name).open("a") as file:
                file.write(own + deep)
        commit(project)
        report = run(project, "observability=prometheus")
        for name in ("requirements.lock", "requirements-dev.lock"):
            text = read(project, name)
            assert own in text and deep in text
            assert "prometheus-client==" in text
        assert "dependencies: +prometheus-client" in report.inventory


class TestConflicts:
    @pytest.fixture
    def project(self, place: Workplace) -> Path:
        project = place.project()
        edit(project, "README.md", "## Run it", "## Our way")
        commit(project)
        edit(place.template, f"{TEMPLATE}/README.md.jinja", "## Run it", "## Start it")
        edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
        place.release()
        return project

    def test_the_checkout_is_as_it_was(self, project: Path) -> None:
        before = files(project)
        head = git(project, "rev-parse", "HEAD")
        report = run(project)
        assert [conflict.path for conflict in report.conflicts] == ["README.md"]
        side = Path(report.side)
        assert "<<<<<<<" in read(side, "README.md")
        assert files(project) == before
        assert git(project, "rev-parse", "HEAD") == head
        assert git(project, "status", "--porcelain") == ""

    def test_abort_puts_everything_back(self, project: Path) -> None:
        before = state(project)
        report = run(project)
        abort(project)
        assert state(project) == before
        assert not Path(report.side).exists()

    def test_continue_waits_for_every_conflict(self, project: Path) -> None:
        report = run(project)
        side = Path(report.side)
        with pytest.raises(Exception, match=r"README.md:\d+: a conflict") as error:
            resume(project, {})
        assert error.value.exit_status == 7  # type: ignore[attr-defined]
        (side / "README.md").write_text("# Solved\n")
        with pytest.raises(Exception, match=r"README.md: not marked as solved"):
            resume(project, {})
        git(side, "add", "README.md")
        done = resume(project, {})
        assert read(project, "README.md") == "# Solved\n"
        assert "# new" in read(project, ERRORS)
        assert done.commit == git(project, "rev-parse", "HEAD")
        assert git(project, "status", "--porcelain") == ""
        assert not side.exists()
        assert run(project).nothing

    def test_a_dropped_file_that_was_edited_is_one(self, place: Workplace) -> None:
        project = place.project()
        edit(project, ERRORS, "import", "# ours\nimport")
        commit(project)
        (place.template / PACKAGE / "platform" / "errors.py").unlink()
        place.release()
        report = run(project)
        (conflict,) = report.conflicts
        assert conflict.path == ERRORS
        assert "you changed it, and it is dropped" in conflict.reason
        with pytest.raises(Exception, match=re.escape(f"{ERRORS}: keep it")):
            resume(project, {})
        git(Path(report.side), "add", ERRORS)
        resume(project, {})
        assert "# ours" in read(project, ERRORS)

    def test_what_is_solved_outlives_work_elsewhere(self, project: Path) -> None:
        run(project)
        (project / "notes.txt").write_text("mine\n")
        commit(project)
        with pytest.raises(Exception, match="the branch has moved"):
            resume(project, {})

    def test_another_update_has_to_wait(self, project: Path) -> None:
        run(project)
        with pytest.raises(Exception, match="in progress, with conflicts") as error:
            run(project, "error_format=flat")
        assert "--continue" in str(error.value) and "--abort" in str(error.value)


class TestPlainCopier:
    def test_it_goes_on_after_ours_and_leaves_the_team_alone(
        self, place: Workplace
    ) -> None:
        project = place.project()
        edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
        place.release("v2.0.0")
        run(project)
        service = f"{SOURCES}/books/service.py"
        edit(project, service, '"""', '"""Ours. ')
        edit(project, "contracts/overlay.yaml", "overlay:", "# ours\noverlay:")
        (project / SOURCES / "books/own.py").write_text("OWN = 1\n")
        commit(project)
        before = files(project)
        edit(place.template, f"{TEMPLATE}/README.md.jinja", "## Run it", "## Start it")
        place.release("v3.0.0")
        copier = str(Path(sys.executable).with_name("copier"))
        command = [copier, "update", "--defaults", "--quiet", "--vcs-ref", "v3.0.0"]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        after = files(project)
        changed = {p for p in before | after if before.get(p) != after.get(p)}
        assert changed == {"README.md", ANSWERS}
        assert "## Start it" in read(project, "README.md")
        assert answers(project)["_commit"] == "v3.0.0"
        commit(project)
        assert run(project).nothing


class TestTheSample:
    def test_it_is_left_behind(self, place: Workplace, tmp_path: Path) -> None:
        project = place.project(sample=True)
        fresh = place.project("fresh")
        edit(project, f"{SOURCES}/orders/pricing.py", '"""', '"""Ours. ')
        commit(project)
        report = run(project, contract=fresh / "contracts" / "openapi.yaml")
        kept = f"{SOURCES}/orders/pricing.py"
        assert '"""Ours. ' in read(project, kept)
        assert any(step.startswith(f"{kept}: ") for step in report.steps)
        (project / kept).unlink()
        assert compared(project) == compared(fresh)
        assert answers(project)["contexts"] == answers(fresh)["contexts"]
        assert (project / "migrations/orders/versions/0001_initial.py").exists()

    def test_it_moves_on_where_nobody_has_edited_it(self, place: Workplace) -> None:
        project = place.project(sample=True)
        edit(project, f"{SOURCES}/orders/pricing.py", '"""', '"""Ours. ')
        commit(project)
        sample = "template/samples/shop/fastapi/orders/src"
        for name in ("pricing.py", "compensation.py"):
            edit(place.template, f"{sample}/{name}", '"""', '"""New. ')
        place.release()
        run(project)
        assert '"""Ours. ' in read(project, f"{SOURCES}/orders/pricing.py")
        assert '"""New. ' not in read(project, f"{SOURCES}/orders/pricing.py")
        assert '"""New. ' in read(project, f"{SOURCES}/orders/compensation.py")
