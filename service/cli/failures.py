"""The one place where a failure becomes a line on stderr and an exit code."""

import sys
import traceback
from typing import TYPE_CHECKING, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import Abort, Exit, TyperException

from service.cli.printing import printable
from service.errors import BadInput, ConfigurationError, ServiceError

if TYPE_CHECKING:
    from pydantic import ValidationError
    from typer._click.core import Context  # not exported; `typer.Context` is narrower

    from agents.analysts.trouble import Trouble

DONE: Final = 0
FOUND: Final = 1
"""Findings at or above --fail-on, a broken audit chain, a problem that a check found."""
USAGE: Final = 2
UNREADABLE: Final = 3
CONFIGURATION: Final = 4
INTERNAL: Final = 5
UNJUDGED: Final = 6
INTERRUPTED: Final = 130
"""What a shell shows for a command that Ctrl-C ended; typer uses it too."""

EPILOG: Final = """\b
Exit codes:
  0  done
  1  findings at or above --fail-on; audit chain broken; catalogue, config, doctor,
     github-app or the demo's smoke run found a problem; eval: a case failed or a
     metric is worse
  2  wrong usage
  3  the input cannot be read, or a transcript has no answer for it
  4  a setting, the model's key, the catalogue or the database is missing or wrong
  5  internal error, or a service that does not answer or refuses
  6  the model could not judge: it is not reached, does not answer, or limits us
  130  interrupted
"""

_PASSED_ON = (TyperException, Exit, Abort, EOFError)


class Unreadable(BadInput):
    """What was given for review cannot be read as a design document."""


class Guarded(TyperGroup):
    """The group of all commands: an expected failure is one line, and never a traceback."""

    def invoke(self, ctx: "Context") -> object:
        """Run the command; raises `typer.Exit` with the documented code."""
        try:
            return super().invoke(ctx)
        except _PASSED_ON:
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                traceback.print_exc(file=sys.stderr)
            message, code = explained(error)
            typer.echo(f"lintel: error: {message}", err=True)
            raise typer.Exit(code) from error


def explained(error: BaseException) -> tuple[str, int]:
    """What went wrong on one line, with the next step, and the exit code."""
    from agents.analysts.trouble import trouble_in

    message, code = _told(trouble_in(error) or _first(error))
    return printable(message), code


def _told(error: BaseException) -> tuple[str, int]:
    # The classes are imported here: only a failure pays for the modules they live in.
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from agents.analysts.trouble import Trouble
    from agents.catalogue.files import CatalogueError

    if isinstance(error, Trouble):
        return _trouble(error)
    if isinstance(error, CatalogueError):
        return _catalogue(error), CONFIGURATION
    if isinstance(error, BadInput):
        return error.message, UNREADABLE
    if isinstance(error, ConfigurationError | SettingsError):
        return str(error), CONFIGURATION
    if isinstance(error, ServiceError):
        return error.message, INTERNAL
    if isinstance(error, ValidationError) and error.title == "Settings":
        return _settings(error), CONFIGURATION
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"internal error: {said}. `lintel --debug ...` shows where", INTERNAL


def _trouble(trouble: "Trouble") -> tuple[str, int]:
    """A model that cannot judge, with what helps."""
    from agents.analysts.trouble import Kind, Remedy

    if trouble.kind is Kind.TRANSCRIPT:
        return trouble.sentence, UNREADABLE
    if trouble.remedy is Remedy.OPERATOR:
        return trouble.sentence, CONFIGURATION
    when = f"in {trouble.retry_after:.0f} s" if trouble.retry_after else "later"
    return f"{trouble.sentence} Try again {when}, or use --analyst offline", UNJUDGED


def _settings(error: "ValidationError") -> str:
    """Which settings are wrong and why; never their values, which may be secrets."""
    items = error.errors(include_url=False, include_context=False, include_input=False)
    said = [f"LINTEL_{str(item['loc'][0]).upper()}: {item['msg']}" for item in items if item["loc"]]
    return "; ".join(said) + ". Correct the environment variable"


def _catalogue(error: Exception) -> str:
    first, *others = str(error).splitlines()
    more = f" And {len(others)} more." if others else ""
    return f"the catalogue cannot be used: {first}{more} `lintel catalogue check` shows all"


def _first(error: BaseException) -> BaseException:
    """What really went wrong inside a group of tasks."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
