"""Creating an app from a manifest: the page, the name, the code, and what it is exchanged for."""

import json
import re
import secrets
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from service.demo import shapes
from service.demo.auth import digest
from service.demo.config import APP_SLUG, ORGANISATION
from service.demo.html import page
from service.demo.keys import generate_keys
from service.demo.manifest import MAX_NAME, Manifest, read_manifest
from service.demo.refusals import not_found
from service.demo.rows import Conversion, Json
from service.demo.store import now, stamp
from service.demo.world import World, WorldHere

router = APIRouter()

CODE_HOURS = 1
_OWNER = "ada"
"""Whose account an app belongs to that is created for no organisation."""


class Asked(BaseModel):
    """The form of the page; what the manifest brings may be changed in the name only."""

    manifest: str
    state: str = ""
    name: str = ""


@router.post("/settings/apps/new")
@router.post("/organizations/{org}/settings/apps/new")
def new(manifest: Annotated[str, Form()], state: str = "", org: str = "") -> Response:
    """The page that a manifest is posted to: shows it, and asks for the name."""
    _owner(org)
    found, problems = read_manifest(manifest)
    asked = Asked(manifest=manifest, state=state, name=found.name if found else "")
    return _page(org, asked, found, problems)


@router.post("/settings/apps")
@router.post("/organizations/{org}/settings/apps")
def create(world: WorldHere, asked: Annotated[Asked, Form()], org: str = "") -> Response:
    """The page's button: makes the app, and sends the browser back with a code."""
    owner = _owner(org)
    found, problems = read_manifest(asked.manifest)
    if found is None or problems:
        return _page(org, asked, found, problems)
    problems = _name_problems(world, asked.name)
    if problems:
        return _page(org, asked, found, problems)
    query = {"code": _create(world, asked.name, owner, found)}
    query |= {"state": asked.state} if asked.state else {}
    joint = "&" if urlsplit(found.redirect_url).query else "?"
    return RedirectResponse(found.redirect_url + joint + urlencode(query), status_code=302)


@router.post("/app-manifests/{code}/conversions", status_code=201)
def convert(world: WorldHere, code: str) -> Json:
    """What the code stands for; a second time, or after an hour, there is nothing."""
    with world.store.writing():
        sql = "delete from conversions where code_hash = ? returning *"
        found = world.store.one(Conversion, sql, digest(code))
    if found is None or found.expires_at <= stamp():
        raise not_found()
    app = world.app_of(str(found.app_id))
    if app is None:
        raise not_found()
    return shapes.app(world, app) | {
        "client_secret": found.client_secret,
        "webhook_secret": found.webhook_secret,
        "pem": found.pem,
    }


def _owner(org: str) -> str:
    if org not in ("", ORGANISATION):
        raise not_found()
    return org or _OWNER


def _page(org: str, asked: Asked, found: Manifest | None, problems: list[str]) -> Response:
    base = f"/organizations/{org}/settings/apps" if org else "/settings/apps"
    context = {
        "action": base,
        "owner": org or _OWNER,
        "asked": asked,
        "manifest": found,
        "problems": problems,
        "max_name": MAX_NAME,
    }
    # Browsers apply form-action to the redirect after the form as well.
    target = urlsplit(found.redirect_url) if found else urlsplit("")
    answer = page("new_app.html", context, f"{target.scheme}://{target.netloc}" if found else "")
    answer.status_code = 422 if problems else 200
    return answer


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _name_problems(world: World, name: str) -> list[str]:
    slug = _slug(name)
    if not slug:
        return ["Name can't be blank"]
    if len(name) > MAX_NAME:
        return [f"Name is too long (maximum is {MAX_NAME} characters)"]
    sql = "select count(*) from apps where slug = ?"
    taken = slug == APP_SLUG or world.store.scalar(sql, slug)
    return ["Name has already been taken"] if taken else []


def _create(world: World, name: str, owner: str, manifest: Manifest) -> str:
    """Store the app; answers the code."""
    private, public = generate_keys()
    code = secrets.token_hex(20)
    hook = manifest.hook_attributes
    with world.store.writing():
        app_id = world.store.insert(
            "apps",
            name=name,
            slug=_slug(name),
            owner=owner,
            description=manifest.description,
            external_url=manifest.url,
            client_id=f"Iv23{secrets.token_hex(8)}",
            public_key=public,
            permissions_json=json.dumps({"metadata": "read"} | manifest.default_permissions),
            events_json=json.dumps(manifest.default_events),
            hook_url=hook.url if hook else "",
            created_at=stamp(),
        )
        world.store.insert(
            "conversions",
            code_hash=digest(code),
            app_id=app_id,
            pem=private,
            client_secret=secrets.token_hex(20),
            webhook_secret=secrets.token_hex(20) if hook else "",
            expires_at=stamp(now() + timedelta(hours=CODE_HOURS)),
        )
    return code
