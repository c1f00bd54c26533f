"""What every endpoint works with: the configuration, the store, the hooks and the fault plan."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from service.demo.config import Config
from service.demo.faults import FaultPlan
from service.demo.hooks import Hooks
from service.demo.store import Store


@dataclass(frozen=True)
class World:
    config: Config
    store: Store
    hooks: Hooks
    faults: FaultPlan

    def url(self, path: str) -> str:
        return self.config.base_url + path

    @property
    def redirect_uri(self) -> str:
        """The registered callback: what was set while running, else what it was started with."""
        changed = self.store.get_meta("redirect_uri")
        return self.config.redirect_uri if changed is None else changed


def world_of(request: Request) -> World:
    return cast(World, request.app.state.world)


WorldHere = Annotated[World, Depends(world_of)]
