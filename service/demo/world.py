"""What every endpoint works with: the configuration, the store, the hooks and the fault plan."""

import json
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from service.demo.config import APP_SLUG, EVENTS, GRANTED, ORGANISATION, Config
from service.demo.faults import FaultPlan
from service.demo.hooks import Hooks
from service.demo.rows import App
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

    @property
    def own_app(self) -> App:
        """The app of the configuration: the only one that is installed in the organisation."""
        return App(
            id=self.config.app_id,
            name="Lintel",
            slug=APP_SLUG,
            owner=ORGANISATION,
            description="Security design review",
            external_url=self.url("/"),
            client_id=self.config.oauth_client_id,
            public_key=self.config.public_key,
            permissions_json=json.dumps(GRANTED),
            events_json=json.dumps(EVENTS),
            hook_url=self.hooks.url,
            created_at="2026-01-12T09:00:00Z",
        )

    def app_of(self, issuer: str) -> App | None:
        """The app with this number or client id, as the issuer of a JWT names it."""
        if issuer and issuer in (str(self.config.app_id), self.config.oauth_client_id):
            return self.own_app
        sql = "select * from apps where cast(id as text) = ? or client_id = ?"
        return self.store.one(App, sql, issuer, issuer)


def world_of(request: Request) -> World:
    return cast(World, request.app.state.world)


WorldHere = Annotated[World, Depends(world_of)]
