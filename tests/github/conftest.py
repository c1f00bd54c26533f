"""A scripted GitHub and an App that talks to it."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.github.client import GitHubApp
from tests.github.server import Scripted


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode()


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as scripted:
        yield scripted


@pytest.fixture
def app(server: Scripted, private_key: str) -> Iterator[GitHubApp]:
    github = GitHubApp(7, private_key, server.url, write_pause=0, timeout=2)
    yield github
    github.close()
