"""What can go wrong for a user: each error names the place and the next step.

Exit statuses (documented in the README and in ``groundplan --help``):

=== ============================================================================
0   done
1   a check found differences (``generate --check``)
2   the command line or an answer is wrong, or does not say what becomes of rows
3   the contract or its overlay is refused
4   the destination or the project is not in a state to be written to
5   a tool that was started failed (git, copier, make)
6   code of the team does not fit what ``generate`` derives (with or without
    ``--check``; also where a check found differences besides)
7   an update has conflicts that somebody has to solve; the checkout is as it was
70  an error of groundplan itself: report it
130 interrupted
=== ============================================================================
"""

DIFFERENCES = 1
MISFIT = 6
CONFLICTS = 7


class GroundplanError(Exception):
    """An error to show to the user: a message, and what to do next."""

    exit_status = 5

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n{self.hint}"


class AnswerError(GroundplanError):
    """An answer, a preset or an option that is unknown or refused."""

    exit_status = 2


class ContractError(GroundplanError):
    """A contract or overlay that cannot be read or served.

    ``place`` is ``file:line`` where it is known, else the file's name.
    """

    exit_status = 3

    def __init__(self, place: str, message: str, hint: str | None = None) -> None:
        # names of the contract may hold lines of their own
        super().__init__(" ".join(f"{place}: {message}".split()), hint)


class ProjectError(GroundplanError):
    """A destination or project that cannot be written to as it is."""

    exit_status = 4


class ConflictError(GroundplanError):
    """An update that cannot go on before conflicts are solved."""

    exit_status = CONFLICTS


class ToolError(GroundplanError):
    """A program that was started and failed."""
