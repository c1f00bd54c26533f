"""`python -m evals.standin`: runs the stand-in as its own process."""

import argparse
import pkgutil
from collections.abc import Callable, Mapping, Sequence

from evals.standin.brains import Brain
from evals.standin.minimal import Minimal
from evals.standin.models import WINDOW
from evals.standin.rules import Rules
from evals.standin.server import listen, make_server
from evals.standin.state import KEY, State
from service.lifeline import hold_on

BRAINS: Mapping[str, Callable[[], Brain]] = {"minimal": Minimal, "rules": Rules}


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options; ends the process on a wrong one."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.standin",
        description="A local stand-in for Anthropic's Messages API. Prints its URL when it listens.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", default=KEY, help="the API key that is accepted")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before the first token")
    parser.add_argument("--duration", type=float, default=0.0, help="seconds before the last token")
    parser.add_argument("--window", type=int, default=WINDOW, help="tokens that a prompt may have")
    known = ", ".join(BRAINS)
    parser.add_argument(
        "--brain",
        type=find_brain,
        default="minimal",
        help=f"what answers: {known}, or module:name of a class or function that makes one",
    )
    return parser.parse_args(arguments)


def find_brain(name: str) -> Brain:
    """By its name here, or imported as `module:name`. Raises `ArgumentTypeError`."""
    try:
        make = BRAINS.get(name) or pkgutil.resolve_name(name)
        brain: Brain = make()
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise argparse.ArgumentTypeError(f"no brain {name!r}: {error}") from error
    return brain


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until a signal comes."""
    hold_on()
    options = parse(arguments)
    state = State(options.brain, options.key, options.window, options.delay, options.duration)
    listener = listen(options.port, options.host)
    print(f"http://{options.host}:{listener.getsockname()[1]}", flush=True)
    make_server(state).run(sockets=[listener])


if __name__ == "__main__":
    main()
