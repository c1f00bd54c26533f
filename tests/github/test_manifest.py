"""Which addresses GitHub can reach, and where the manifest goes."""

import pytest

from service.errors import BadInput, ConfigurationError
from service.github.manifest import creation_url, require_one_github, unreachable

CLOUD, OWN = "https://github.com", "https://git.acme.org"


@pytest.mark.parametrize(
    ("address", "web", "reached"),
    [
        ("http://127.0.0.1:8080", CLOUD, False),
        ("http://localhost:8080", OWN, False),
        ("http://localhost:8080", "http://127.0.0.1:9200", True),
        ("http://lintel", CLOUD, False),
        ("http://lintel.local", CLOUD, False),
        ("http://lintel", OWN, True),
        ("http://[::1]:8080", OWN, False),
        ("http://0.0.0.0:8080", OWN, False),
        ("http://10.1.2.3", CLOUD, False),
        ("http://10.1.2.3", "https://acme.ghe.com", False),
        ("http://10.1.2.3", OWN, True),
        ("https://lintel.example.org", CLOUD, True),
    ],
)
def test_addresses_that_github_cannot_reach(address: str, web: str, reached: bool) -> None:
    assert (unreachable(address, web) == "") is reached


def test_where_the_manifest_goes() -> None:
    assert creation_url(CLOUD, "") == "https://github.com/settings/apps/new"
    assert creation_url(OWN + "/", "acme") == f"{OWN}/organizations/acme/settings/apps/new"
    for name in ("a/b", "a?b", "..", "a b"):
        with pytest.raises(BadInput):
            creation_url(CLOUD, name)


@pytest.mark.parametrize(
    ("web", "api", "one"),
    [
        (CLOUD, "https://api.github.com", True),
        (OWN, f"{OWN}/api/v3", True),
        ("https://acme.ghe.com", "https://api.acme.ghe.com", True),
        (OWN, "https://api.github.com", False),
        (CLOUD, f"{OWN}/api/v3", False),
        ("https://acme.ghe.com", "https://acme.ghe.com/api/v3", False),
    ],
)
def test_web_and_rest_address_are_of_one_github(web: str, api: str, one: bool) -> None:
    if one:
        require_one_github(web, api)
        return
    with pytest.raises(ConfigurationError, match="LINTEL_GITHUB_API_URL"):
        require_one_github(web, api)
