"""`lintel`: the commands. Whatever is heavy is imported when its command runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from service.cli import audit, catalogue, config, db, doctor, eval, github_app
from service.cli.failures import EPILOG, Guarded
from service.cli.replay import replay
from service.cli.review import review

app = typer.Typer(
    name="lintel",
    cls=Guarded,
    help="Security design review that drafts, cites its evidence, and posts only what was approved.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(review)
app.command()(replay)
app.command()(doctor.doctor)
app.add_typer(audit.app, name="audit")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(config.app, name="config")
app.add_typer(db.app, name="db")
app.add_typer(eval.app, name="eval")
app.add_typer(github_app.app, name="github-app")


@app.callback()
def _options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a failure.")
    ] = False,
) -> None:
    """Security design review that drafts, cites its evidence, and posts only what was approved."""
    del debug  # `Guarded` reads it


@app.command()
def up() -> None:
    """Run everything on this machine: web, workers and the broker."""
    from service.cli.up import up as run_everything

    run_everything()


@app.command()
def demo(
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Run one review through everything, then stop.")
    ] = False,
    home: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the demo keeps its files.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the workspace.")] = 8080,
    github_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the local stand-in for GitHub.")
    ] = 8090,
) -> None:
    """Try the whole product against a local stand-in for GitHub."""
    from service.cli.demo import demo as run_demo

    raise typer.Exit(run_demo(smoke=smoke, home=home, port=port, github_port=github_port))


@app.command()
def version() -> None:
    """Print the version."""
    from importlib import metadata

    typer.echo(f"lintel {metadata.version('lintel-review')}")


def run() -> None:
    """Entry point of the `lintel` script."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # Quotes and names are in every language, whatever the locale of this terminal.
            reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="lintel")
