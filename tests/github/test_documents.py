"""Which files are design documents when nobody says."""

import pytest

from service.github.documents import is_design_document


@pytest.mark.parametrize(
    "path",
    [
        "docs/payments.md",
        "services/pay/doc/flow.rst",
        "Docs/Deep/er/notes.TXT",
        "rfcs/0001-thing.adoc",
        "adr/0007.asciidoc",
        "proposals/x.mdx",
        "docs/overview.drawio",
        "design/login.PUML",
        "architecture/parts.mmd",
        "src/architecture.dot",
        "payments-design.md",
        "src/ARCHITECTURE.md",
        "threat-model.md",
        "svc/threat_model.txt",
        "adr-12.md",
        "notes/RFC_9.md",
        "keps/sig-node/0042-swap/README.md",
    ],
)
def test_a_design_document(path: str) -> None:
    assert is_design_document(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/notes.md",
        "docs/diagram.png",
        "docs/conf.py",
        "src/calls.dot",
        "web/flow.mmd",
        "docs/release.asc",
        "README.md",
        "docs/README.md",
        "docs/readme.de.md",
        "CHANGELOG.md",
        "docs/changelog-2026.md",
        "docs/LICENSE.txt",
        "docs/CONTRIBUTING.md",
        "keps/README.md",
        "keps/sig-node/0042-swap/CONTRIBUTING.md",
        "squadron.md",
        "design/schema.json",
        "designs",
    ],
)
def test_not_a_design_document(path: str) -> None:
    assert not is_design_document(path)
