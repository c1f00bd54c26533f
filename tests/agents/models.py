"""Small system models for tests."""

from agents.evidence import Evidence, Label
from agents.system import AttributeFact, Component, DataUse, Flow, Standing


def quote(line: int) -> tuple[Evidence, ...]:
    said = Evidence(
        path="design.md", line_start=line, line_end=line, quote=f"line {line}", label=Label.STATED
    )
    return (said,)


def part(id_: str, kind: str, line: int = 1, **more: tuple[str, ...]) -> Component:
    return Component(id=id_, name=id_, kind=kind, evidence=quote(line), **more)


def flow(source: str, target: str, line: int = 1, **more: tuple[str, ...]) -> Flow:
    return Flow(
        id=f"{source}->{target}", source=source, target=target, evidence=quote(line), **more
    )


def fact(attribute: str, standing: Standing, component: str | None = None) -> AttributeFact:
    return AttributeFact(
        attribute=attribute, standing=standing, component=component, evidence=quote(9)
    )


def use(data_class: str, component: str | None = None) -> DataUse:
    return DataUse(data_class=data_class, component=component, evidence=quote(8))


PAIR = (part("web", "web_frontend"), part("api", "service", 2))
"""A browser interface and a backend, with nothing said of how they talk."""
