"""Endpoints of the app itself: its installation, tokens for it, and its webhook deliveries."""

import json
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from service.demo import shapes
from service.demo.auth import AsApp, BearerHere, CallingApp, allows, issue, require_token
from service.demo.branches import find_repo
from service.demo.config import BOT, GRANTED, INSTALLATION_ID
from service.demo.paging import PageHere
from service.demo.refusals import Refusal, not_found
from service.demo.rows import Delivery, Json, Repo
from service.demo.world import World, WorldHere

router = APIRouter()


class TokenRequest(BaseModel):
    model_config = ConfigDict(strict=True)

    permissions: dict[str, str] | None = None
    repositories: list[str] | None = None
    repository_ids: list[int] | None = None


@router.get("/app")
def get_app(world: WorldHere, app: CallingApp) -> Json:
    installed = int(app.id == world.config.app_id)
    return shapes.app(world, app) | {"installations_count": installed}


@router.get("/app/hook/config")
def get_hook_config(app: CallingApp) -> Json:
    return {
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "********",
        "url": app.hook_url,
    }


@router.get("/app/installations")
def list_installations(world: WorldHere, app: CallingApp, page: PageHere) -> list[Json]:
    installed = [shapes.installation(world)] if app.id == world.config.app_id else []
    return [*page.cut(installed)]


@router.get("/app/installations/{installation_id}")
def get_installation(world: AsApp, installation_id: int) -> Json:
    _check_installation(installation_id)
    return shapes.installation(world)


@router.get("/repos/{owner}/{repo}/installation")
def get_repo_installation(world: AsApp, owner: str, repo: str) -> Json:
    find_repo(world.store, f"{owner}/{repo}")
    return shapes.installation(world)


def _check_installation(installation_id: int) -> None:
    if installation_id != INSTALLATION_ID:
        raise not_found()


@router.post("/app/installations/{installation_id}/access_tokens", status_code=201)
def create_token(world: AsApp, installation_id: int, wanted: TokenRequest | None = None) -> Json:
    """A token for an hour, narrowed to the permissions and repositories asked for."""
    _check_installation(installation_id)
    wanted = wanted or TokenRequest()
    permissions = _narrowed(wanted.permissions)
    chosen = _chosen(world, wanted)
    ids = None if chosen is None else [repo.id for repo in chosen]
    token, expires = issue(world.store, "installation", BOT, permissions, repo_ids=ids)
    answer: Json = {
        "token": token,
        "expires_at": expires,
        "permissions": dict(permissions),
        "repository_selection": "all" if chosen is None else "selected",
    }
    if chosen is not None:
        answer["repositories"] = [shapes.repository(world, repo) for repo in chosen]
    return answer


def _narrowed(wanted: dict[str, str] | None) -> dict[str, str]:
    if not wanted:
        return dict(GRANTED)
    for name, level in wanted.items():
        if level not in ("read", "write") or not allows(GRANTED.get(name), level):
            message = "The permissions requested are not granted to this installation."
            raise Refusal(422, message)
    return wanted | {"metadata": "read"}


def _chosen(world: World, wanted: TokenRequest) -> list[Repo] | None:
    if wanted.repositories is None and wanted.repository_ids is None:
        return None
    names, ids = set(wanted.repositories or ()), set(wanted.repository_ids or ())
    every = world.store.all(Repo, "select * from repos")
    found = [repo for repo in every if repo.name in names or repo.id in ids]
    if not names <= {repo.name for repo in every} or not ids <= {repo.id for repo in every}:
        message = (
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation."
        )
        raise Refusal(422, message)
    return found


@router.get("/installation/repositories")
def list_repositories(world: WorldHere, bearer: BearerHere, page: PageHere) -> Json:
    token = require_token(bearer, "POST")
    if token.kind != "installation":
        raise Refusal(403, "You must authenticate with an installation access token")
    every = world.store.all(Repo, "select * from repos order by id")
    found = [repo for repo in every if token.repo_ids is None or repo.id in token.repo_ids]
    return {
        "total_count": len(found),
        "repository_selection": "all" if token.repo_ids is None else "selected",
        "repositories": [shapes.repository(world, repo) for repo in page.cut(found)],
    }


def _summary(item: Delivery) -> Json:
    return {
        "id": item.id,
        "guid": item.guid,
        "delivered_at": item.delivered_at,
        "redelivery": bool(item.redelivery),
        "duration": item.duration,
        "status": item.status,
        "status_code": item.status_code,
        "event": item.event,
        "action": item.action,
        "installation_id": INSTALLATION_ID,
        "repository_id": item.repository_id,
        "throttled_at": None,
    }


@router.get("/app/hook/deliveries")
def list_deliveries(
    world: WorldHere,
    app: CallingApp,
    request: Request,
    response: Response,
    per_page: int = 30,
    cursor: str | None = None,
    status: Literal["success", "failure"] | None = None,
) -> list[Json]:
    """Newest first; the Link header carries the cursor of the next page."""
    if cursor is not None and not cursor.isdigit():
        raise Refusal(400, "Invalid cursor")
    if app.id != world.config.app_id:
        return []
    size = min(max(per_page, 1), 100)
    below = int(cursor) if cursor else 1 << 62
    found = world.store.all(
        Delivery,
        "select * from deliveries where id < ? and (? is null or (status = 'OK') = ?) "
        "order by id desc limit ?",
        *(below, status, int(status == "success"), size + 1),
    )
    if len(found) > size:
        url = request.url.include_query_params(cursor=found[size - 1].id, per_page=size)
        response.headers["link"] = f'<{world.url(url.path)}?{url.query}>; rel="next"'
    return [_summary(item) for item in found[:size]]


def _delivery(world: World, delivery_id: int) -> Delivery:
    found = world.store.one(Delivery, "select * from deliveries where id = ?", delivery_id)
    if found is None:
        raise not_found()
    return found


@router.get("/app/hook/deliveries/{delivery_id}")
def get_delivery(world: AsApp, delivery_id: int) -> Json:
    item = _delivery(world, delivery_id)
    request: Json = {
        "headers": json.loads(item.request_headers_json),
        "payload": json.loads(item.payload),
    }
    response: Json = {
        "headers": json.loads(item.response_headers_json),
        "payload": item.response_body,
    }
    return _summary(item) | {"url": item.url, "request": request, "response": response}


@router.post("/app/hook/deliveries/{delivery_id}/attempts", status_code=202)
def redeliver(world: AsApp, delivery_id: int) -> Json:
    world.hooks.redeliver(_delivery(world, delivery_id))
    return {}
