"""Cases and findings made up for the tests."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from agents.evidence import Evidence, Label
from agents.findings import Finding, Severity
from evals.cases import GoldItem

DESIGN = """# Parcel desk

## Overview

Customers use the web app over the internet. The web app calls the parcel service over TLS. The
parcel service writes addresses of customers to the PostgreSQL database. The parcel service calls
the carrier API with a static API key. Users upload photos of damage to the parcel service.
"""
GOLD: list[dict[str, object]] = [
    {
        "id": "G01",
        "title": "Uploads flood the service",
        "description": "Without rate limits a client exhausts the parcel service.",
        "stride": ["D"],
        "ai_category": None,
        "components": ["parcel service"],
    },
    {
        "id": "G02",
        "title": "Stolen API key",
        "description": "The static key of the carrier is leaked and used by others.",
        "stride": ["S", "E"],
        "ai_category": None,
        "components": ["carrier API"],
    },
]


OWN_DESIGN = """# Parcel desk

Customers use the web app over the internet.
The web app calls the parcel service over TLS.
The parcel service writes addresses of customers to the PostgreSQL database.
The parcel service calls the carrier API with a static API key.
Users upload photos of damage to the parcel service, as many and as large as they like.

## Operations

The database is encrypted at rest with a key of the platform.
Who may read the addresses is decided later.
"""
OWN_GOLD: list[dict[str, object]] = [
    GOLD[0] | {
        "severity": "high",
        "threat_ids": ["model-service-exhaustion"],
        "evidence": [{"lines": "7", "quote": "as many and as large as they like"}],
    },
    GOLD[1] | {
        "severity": "medium",
        "evidence": [{"lines": 6, "quote": "with a static API key"}],
    },
]  # fmt: skip
NOT_GOLD = [
    {
        "title": "Addresses lie unencrypted in the PostgreSQL database",
        "why": "Nothing at rest would be encrypted, but the platform encrypts the database.",
        "line": 11,
    }
]
QUESTIONS = [
    {"text": "Who may read the addresses of customers in the database?", "line": 12, "why": "Open."}
]
SYSTEM: dict[str, object] = {
    "components": [
        {"name": "web app", "kind": "web_frontend", "line": 3},
        {"name": "parcel service", "kind": "service", "attributes": [], "line": 4},
        {"name": "PostgreSQL database", "kind": "database", "aliases": ["database"], "line": 5},
        {"name": "carrier API", "kind": "third_party_api", "line": 6},
    ],
    "flows": [
        {"source": "web app", "target": "parcel service", "line": 4},
        {"source": "parcel service", "target": "database", "data_classes": ["personal"], "line": 5},
        {"source": "parcel service", "target": "carrier API", "crosses": ["partner"], "line": 6},
    ],
    "boundaries": [{"kind": "internet", "line": 3}],
    "data": [{"data_class": "personal", "component": "PostgreSQL database", "line": 5}],
    "attributes": [{"attribute": "user_uploads", "component": "parcel service", "line": 7}],
}


def write_own_case(root: Path, slug: str = "parcel-desk") -> Path:
    """A case with every optional part; its folder."""
    folder = write_case(root, slug, design=OWN_DESIGN)
    gold = {
        "case": slug, "gold_count": len(OWN_GOLD), "items": OWN_GOLD, "not_gold": NOT_GOLD,
        "questions": QUESTIONS,
    }  # fmt: skip
    (folder / "gold.yaml").write_text(yaml.safe_dump(gold, sort_keys=False))
    (folder / "system.yaml").write_text(yaml.safe_dump({"case": slug, **SYSTEM}, sort_keys=False))
    return folder


def write_case(
    root: Path, slug: str = "parcel-desk", *, clean: bool = False, design: str = DESIGN
) -> Path:
    """A complete case below `root`; its folder."""
    folder = root / slug
    folder.mkdir(parents=True)
    items = [] if clean else GOLD
    (folder / "design.md").write_text(design)
    (folder / "gold.yaml").write_text(
        yaml.safe_dump({"case": slug, "gold_count": len(items), "items": items}, sort_keys=False)
    )
    meta = {"slug": slug, "title": "Parcel desk", "domain": "web", "clean": clean, "licence": "MIT"}
    (folder / "meta.yaml").write_text(yaml.safe_dump(meta, sort_keys=False))
    return folder


def gold_item(
    id_: str,
    title: str,
    description: str = "",
    *,
    components: Sequence[str] = (),
    stride: str = "",
    category: str | None = None,
) -> GoldItem:
    """A gold item."""
    return GoldItem.model_validate(
        {
            "id": id_,
            "title": title,
            "description": description,
            "components": components,
            "stride": tuple(stride),
            "ai_category": category,
        }
    )


def finding(
    id_: str,
    title: str,
    *,
    component: str = "the design",
    threat: str | None = None,
    domain: str = "",
    why: str = "",
    quote: str = "",
    rank: int = 0,
) -> Finding:
    """A finding."""
    place = Evidence(path="design.md", line_start=1, line_end=1, quote=quote, label=Label.STATED)
    return Finding(
        id=id_,
        threat_id=threat,
        title=title,
        component_id=None,
        component_name=component,
        severity=Severity.MEDIUM,
        likelihood=3,
        impact=3,
        domain=domain,
        why=why,
        change="",
        evidence=(place,) if quote else (),
        rank=rank,
    )


def restated(item: GoldItem) -> Finding:
    """A finding that says what a gold item says."""
    return finding(
        f"of-{item.id}",
        item.title,
        component=item.components[0] if item.components else "",
        why=item.description,
    )
