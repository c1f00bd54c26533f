"""`python -m service.demo`: runs the stand-in as its own process."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from service.demo.app import create_app
from service.demo.config import Config
from service.lifeline import hold_on


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m service.demo",
        description="A local GitHub stand-in. The app's registration comes from STANDIN_* "
        "environment variables: APP_ID, PUBLIC_KEY_FILE, WEBHOOK_SECRET, OAUTH_CLIENT_ID, "
        "OAUTH_CLIENT_SECRET, REDIRECT_URI.",
    )
    parser.add_argument("--home", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--public-url", help="URL clients use; default http://HOST:PORT")
    parser.add_argument("--webhook-url", help="where deliveries go; default STANDIN_WEBHOOK_URL")
    return parser.parse_args(arguments)


def configure(options: argparse.Namespace) -> Config:
    """Command line over environment."""
    given: dict[str, str] = {}
    if options.webhook_url is not None:
        given["webhook_url"] = options.webhook_url
    base_url = options.public_url or f"http://{options.host}:{options.port}"
    return Config.model_validate({"home": options.home, "base_url": base_url.rstrip("/"), **given})


def main(arguments: Sequence[str] | None = None) -> None:
    hold_on()
    options = parse(arguments)
    app = create_app(configure(options))
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
