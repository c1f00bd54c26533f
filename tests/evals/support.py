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
