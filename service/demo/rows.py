"""The rows of the stand-in's database, one frozen class per table."""

import json
from dataclasses import dataclass

from pydantic import JsonValue

Json = dict[str, JsonValue]


@dataclass(frozen=True)
class App:
    """An app: the one the stand-in was started with, or one that was created from a manifest."""

    id: int
    name: str
    slug: str
    owner: str
    description: str
    external_url: str
    client_id: str
    public_key: str
    permissions_json: str
    events_json: str
    hook_url: str
    created_at: str

    @property
    def permissions(self) -> dict[str, str]:
        return dict(json.loads(self.permissions_json))

    @property
    def events(self) -> list[str]:
        return [str(name) for name in json.loads(self.events_json)]


@dataclass(frozen=True)
class Conversion:
    """What a created app's code is redeemed for, once; kept no longer than that."""

    code_hash: str
    app_id: int
    pem: str
    client_secret: str
    webhook_secret: str
    expires_at: str


@dataclass(frozen=True)
class Repo:
    id: int
    full_name: str
    default_branch: str
    private: int
    created_at: str

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]


@dataclass(frozen=True)
class Commit:
    sha: str
    repo_id: int
    tree_sha: str
    parent: str | None
    message: str
    author: str
    created_at: str


@dataclass(frozen=True)
class Pull:
    id: int
    repo_id: int
    number: int
    title: str
    body: str
    state: str
    draft: int
    user: str
    head_ref: str
    base_ref: str
    labels_json: str
    created_at: str
    updated_at: str
    closed_at: str | None
    head_sha: str
    base_sha: str

    @property
    def labels(self) -> list[str]:
        return [str(name) for name in json.loads(self.labels_json)]


@dataclass(frozen=True)
class Review:
    id: int
    pull_id: int
    user: str
    body: str
    state: str
    commit_id: str
    submitted_at: str | None


@dataclass(frozen=True)
class ReviewComment:
    id: int
    pull_id: int
    review_id: int
    user: str
    body: str
    path: str
    commit_id: str
    subject_type: str
    line: int | None
    side: str | None
    start_line: int | None
    start_side: str | None
    diff_hunk: str
    in_reply_to: int | None
    created_at: str
    updated_at: str


@dataclass(frozen=True)
class IssueComment:
    id: int
    pull_id: int
    user: str
    body: str
    created_at: str
    updated_at: str


@dataclass(frozen=True)
class Reaction:
    id: int
    subject: str
    subject_id: int
    user: str
    content: str
    created_at: str


@dataclass(frozen=True)
class CheckRun:
    id: int
    repo_id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None
    external_id: str
    details_url: str
    title: str | None
    summary: str | None
    text: str | None
    annotations_json: str
    actions_json: str
    started_at: str
    completed_at: str | None

    @property
    def annotations(self) -> list[Json]:
        return list(json.loads(self.annotations_json))

    @property
    def actions(self) -> list[dict[str, str]]:
        return list(json.loads(self.actions_json))


@dataclass(frozen=True)
class Token:
    hash: str
    kind: str
    """`installation`, `user`, or `code` (an OAuth code not yet redeemed)."""
    login: str
    permissions_json: str
    repo_ids_json: str | None
    challenge: str | None
    redirect_uri: str | None
    expires_at: str

    @property
    def permissions(self) -> dict[str, str]:
        return dict(json.loads(self.permissions_json))

    @property
    def repo_ids(self) -> list[int] | None:
        return None if self.repo_ids_json is None else list(json.loads(self.repo_ids_json))


@dataclass(frozen=True)
class Delivery:
    id: int
    guid: str
    event: str
    action: str | None
    redelivery: int
    repository_id: int | None
    url: str
    payload: bytes
    request_headers_json: str
    response_headers_json: str
    response_body: str
    status: str
    status_code: int
    duration: float
    delivered_at: str


@dataclass(frozen=True)
class LoggedRequest:
    id: int
    method: str
    path: str
    query: str
    status: int
    auth: str
    at: str
