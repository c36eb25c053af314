"""Brings a project to the running version, or to other answers, and loses no edit.

What the generator made of the recorded answers, and what it makes of the new ones, are
two commits; git merges what is between them into the team's files, in a worktree beside
the checkout. The checkout moves when there is a whole result.
"""

import dataclasses
from pathlib import Path

from . import (
    generate,
    history,
    landing,
    pins,
    repository,
    update_origin,
    update_report,
    workspace,
)
from .decisions import Decisions, UndecidedError
from .errors import ConflictError, ProjectError, ToolError
from .relock import relock
from .repository import Entry, Repository, Tree, changes
from .rerender import REVISION, Wish, moved, rerender
from .side_tree import BASE, OURS, THEIRS, SideTree, place_for
from .update_report import Conflict, Report
from .update_state import Desk, Phase, State, refuse_unfinished, turn
from .update_trees import commits_of, contents_of, recorded_in, tree_of
from .workspace import ANSWERS

_BUSY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
_DECISIONS = ("renames", "drops", "fills", "conversions")


def update(folder: Path, wish: Wish, *, plan: bool = False) -> Report:
    """Update the project in a folder; with `plan` only say what that would do.

    A report with conflicts waits for `resume` or `abort`. Raises GroundplanError for
    what is refused, and then nothing has changed.
    """
    workspace.open_project(folder)
    with turn(repository.find(folder)) as (repo, desk):
        if state := desk.state():
            refuse_unfinished(state, repo)
            _forget(repo, desk, state)  # it had changed nothing yet, or was all done
        _refuse_unready(repo, dirty=plan)
        report = None
        try:
            report = _begin(repo, desk, wish, plan)
            return report
        finally:
            state = desk.state()
            waits = report is not None and report.conflicts and not plan
            if state and not waits and state.phase is not Phase.LANDING:
                _forget(repo, desk, state)


def resume(folder: Path, decisions: dict[str, list[str]]) -> Report:
    """Finish an update whose conflicts are solved, or that was stopped.

    Raises ConflictError while something is unsolved, and other GroundplanErrors.
    """
    with turn(repository.find(folder)) as (repo, desk):
        state = _unfinished(repo, desk)
        repo = dataclasses.replace(repo, prefix=state.prefix)
        if state.phase is Phase.WORKING:
            _forget(repo, desk, state)
            raise ProjectError(
                "the update was stopped before it changed anything",
                "Nothing is left of it: run it again.",
            )
        if state.phase in (Phase.LANDING, Phase.LANDED):
            if state.phase is Phase.LANDING:
                landing.finish_landing(repo, desk, state, _landed(repo, state))
            _forget(repo, desk, state)
            return _report(repo, state, repo.tree(tree_of(repo, state.result)))
        _refuse_unready(repo, dirty=False)
        side = SideTree(repo, Path(state.side))
        if not side.folder.is_dir():
            raise ProjectError(
                f"{side.folder}: is gone", "`groundplan update --abort`, and again."
            )
        if (now := repo.ask("rev-parse", "HEAD")) != state.head:
            raise ProjectError(
                f"the branch has moved from {state.head[:12]} to {now[:12]} meanwhile",
                "Go back to that commit for the update, or begin it again: "
                "`groundplan update --abort`.",
            )
        if left := side.open_ends():
            raise ConflictError(
                "\n".join(left), f"Solve them in {side.folder}, then --continue."
            )
        merged = {k: [*state.decisions.get(k, []), *v] for k, v in decisions.items()}
        state = dataclasses.replace(state, decisions=merged)
        return _finish(repo, desk, side, state)


def abort(folder: Path) -> None:
    """Take an update back: the checkout is as it was before. Raises ProjectError."""
    with turn(repository.find(folder)) as (repo, desk):
        state = _unfinished(repo, desk)
        repo = dataclasses.replace(repo, prefix=state.prefix)
        if state.phase in (Phase.LANDING, Phase.LANDED):
            landing.take_off(repo, desk, state, _landed(repo, state))
        _forget(repo, desk, state)


def _unfinished(repo: Repository, desk: Desk) -> State:
    state = desk.state()
    if state is None:
        raise ProjectError(
            f"{repo.project}: no update is in progress",
            "`groundplan update` begins one.",
        )
    return state


def _forget(repo: Repository, desk: Desk, state: State) -> None:
    """Leave nothing of an update but what it did."""
    landing.release(repo, desk)
    SideTree(repo, Path(state.side)).remove()
    desk.clear()


def _refuse_unready(repo: Repository, *, dirty: bool) -> None:
    """Raise ProjectError for a checkout that is in no state to be updated."""
    for name, what in _BUSY.items():
        if (repo.private / name).exists():
            raise ProjectError(
                f"{repo.root}: a {what} is in progress", "Finish it, or take it back."
            )
    if not repo.ask("rev-parse", "--verify", "HEAD^{commit}"):
        raise ProjectError(
            f"{repo.root}: has no commit yet", "`git add --all && git commit`."
        )
    command = ("status", "--porcelain", "--untracked-files=no", "--", ".")
    changed = repo.run(*command, at=repo.project).decode("utf-8", "replace")
    if changed.strip() and not dirty:
        raise ProjectError(
            f"{repo.project}: has uncommitted changes:\n{changed.rstrip()}",
            "Commit them, or put them aside (`git stash`).",
        )


def _begin(repo: Repository, desk: Desk, wish: Wish, plan: bool) -> Report:
    """Merge in a side tree; go on to the end where nothing is in conflict."""
    head = repo.ask("rev-parse", "HEAD")
    tree = repo.tree(tree_of(repo, head))
    recorded = recorded_in(repo, tree)
    then, now = update_origin.versions(recorded, wish.source)
    same = recorded.get("_src_path") == now.url and history.is_same(then, now)
    if same and not wish.answered:
        return Report()
    state = desk.save(State(repo.prefix, str(place_for(repo)), head))
    made = rerender(recorded, then, now, wish, contents_of(repo, tree))
    title = update_origin.title(recorded, made.renewed, then, now)
    packages = (str(recorded["package"]), str(made.renewed["package"]))
    start = moved(tree, *packages)
    begun = repo.commit(repo.write_tree(start), (), "The project as it is")
    old, new = commits_of(repo, made, start, begun)
    _refuse_early(repo, tree, repo.tree(new))
    state = desk.save(
        dataclasses.replace(
            state,
            start=begun,
            old=old,
            new=new,
            title=title,
            steps=(*made.steps, *update_origin.steps(recorded, made.renewed)),
            decisions=dict(wish.decisions),
            locks=made.locks if made.relock else {},
        )
    )
    side = SideTree(repo, Path(state.side))
    side.create(begun)
    side.pick(new)
    left_out = side.settle()
    side.write(ANSWERS, made.answers.encode("utf-8"))
    side.stage(ANSWERS)
    state = desk.save(dataclasses.replace(state, notes=tuple(left_out)))
    if conflicts := _conflicts(side):
        report = _report(repo, state, _merged_so_far(side), conflicts)
        report.planned, report.side = plan, state.side
        if not plan:
            desk.save(dataclasses.replace(state, phase=Phase.CONFLICTS))
        return report
    return _finish(repo, desk, side, state, plan=plan)


def _refuse_early(repo: Repository, tree: Tree, new: Tree) -> None:
    coming = {path: (None, new[path]) for path in new if path not in tree}
    landing.refuse_obstacles(repo, coming, committed=tree.keys())


def _conflicts(side: SideTree) -> list[Conflict]:
    found = []
    for path, stages in sorted(side.unmerged().items()):
        found.append(Conflict(path, _reason(path, {*stages})))
    return found


def _reason(path: str, stages: set[int]) -> str:
    if stages >= {OURS, THEIRS}:
        return "both changed it" if BASE in stages else "both added it"
    if BASE in stages:
        return "you changed it, and it is dropped: keep it or let it go"
    if THEIRS in stages:
        return "new, in the way of something of yours: keep it or let it go"
    if path.endswith("~HEAD"):
        return "yours, where a folder is to be: move it, and `git rm` this name"
    return "you renamed it, and it gets another new name: keep one of the two"


def _merged_so_far(side: SideTree) -> dict[str, Entry]:
    """The files of its index that are in no conflict."""
    found = {}
    for line in (
        side.run("ls-files", "-s", "-z").decode("utf-8", "surrogateescape").split("\0")
    ):
        about, _, path = line.partition("\t")
        if path and about.endswith(" 0"):
            mode, blob, _ = about.split(" ")
            found[path] = Entry(mode, blob)
    return found


def _finish(
    repo: Repository, desk: Desk, side: SideTree, state: State, *, plan: bool = False
) -> Report:
    """Derive what is derived, lock, and move the checkout to the result."""
    project = workspace.open_project(side.folder)
    told = Decisions.parse(**{k: state.decisions.get(k, ()) for k in _DECISIONS})
    before = repo.tree(state.start)
    try:
        derived = generate.generate(project, decisions=told, grow=False)
    except UndecidedError as undecided:
        undecided.hint = "Give one option for each to `groundplan update`."
        raise
    side.run("add", "--all")
    side.stage(*derived.written)
    if state.locks:
        locked = relock(side.folder, state.locks, pins.load())
        changed = [name for name in state.locks if (side.folder / name).is_file()]
        side.stage(*changed)
        state = dataclasses.replace(
            state,
            derived=(*state.derived, *changed),
            steps=(*state.steps, *locked.steps),
        )
    steps = [*map(str, derived.misfits), *map(str, derived.remainders)]
    contexts = recorded_in(repo, before).get("contexts")
    had = [*map(str, contexts)] if isinstance(contexts, list) else []
    gone = [context for context in had if context not in project.contexts]
    again = update_origin.seeded_again(before, derived.written, project.package, had)
    steps += update_origin.remaining(before, side.folder, project.package, gone)
    state = dataclasses.replace(
        state,
        notes=(*state.notes, *derived.notes, *again),
        derived=(*state.derived, *derived.written, *derived.removed),
        steps=tuple(dict.fromkeys((*state.steps, *steps))),
    )
    result = side.tree()
    report = _report(repo, state, result)
    report.misfits = len(derived.misfits)
    difference = changes(repo.tree(tree_of(repo, state.head)), result)
    if plan:
        report.planned, report.commit, report.before = True, "", ""
        return report
    landing.refuse_obstacles(repo, difference)
    landing.hold(repo, desk)
    try:
        landing.refuse_edits(repo, difference)
        whole = repo.changed_tree(state.head, difference)
        commit = repo.commit(whole, (state.head,), _message(state))
    except BaseException:
        landing.release(repo, desk)  # nobody could follow the advice otherwise
        raise
    state = desk.save(dataclasses.replace(state, result=commit, phase=Phase.LANDING))
    try:
        landing.land(repo, desk, state, difference)
    except ToolError as error:
        error.hint = f"Then `groundplan update --continue`, or --abort. {error.hint}"
        raise
    _forget(repo, desk, state)
    report.commit, report.before = commit, state.head
    return report


def _landed(repo: Repository, state: State) -> repository.Changes:
    """What a landing changes in the project's folder."""
    before, after = (repo.tree(tree_of(repo, c)) for c in (state.head, state.result))
    return changes(before, after)


def _message(state: State) -> str:
    return f"Update by groundplan: {state.title}\n"


def _report(
    repo: Repository,
    state: State,
    result: Tree,
    conflicts: list[Conflict] | None = None,
) -> Report:
    start, old, new = (repo.tree(c) for c in (state.start, state.old, state.new))
    report = Report(
        title=state.title,
        commit=state.result,
        before=state.head,
        conflicts=conflicts or [],
        notes=list(state.notes),
        steps=list(state.steps),
    )
    update_report.sort_files(report, start, old, new, result, state.derived)
    listed = (".env.example", "pyproject.toml")
    texts = [
        {
            p: repo.contents([tree[p].blob])[tree[p].blob].decode("utf-8", "replace")
            for p in listed
            if p in tree
        }
        for tree in (start, result)
    ]
    report.inventory = list(update_report.inventory(*texts))
    for path in sorted(result.keys() - start.keys()):
        if REVISION.match(path):
            blob = result[path].blob
            text = repo.contents([blob])[blob].decode("utf-8", "replace")
            report.migrations.append(update_report.migration(path, text))
    return report
