"""From a draft revision to the exact text that GitHub will get. Pure: same input, same bytes.

The preview in the workspace, the hash in a decision and the post all come from here.
"""

import hashlib
from typing import Literal

from agents.change import Change
from agents.findings import Comment, Draft, Finding, Question
from service.exports.quoting import code
from service.github.hunks import FileAnchor, LineAnchor, place
from service.github.posts import FileComment, LineComment, ReviewPost

BODY_LIMIT = 65_000
"""Characters of one body; GitHub refuses more than 65,536."""


Event = Literal["COMMENT", "REQUEST_CHANGES"]


def marker(review_id: str) -> str:
    """Hidden text by which posting finds its own review again."""
    return f"<!-- lintel:review:{review_id} -->"


def render(
    draft: Draft, change: Change, *, review_id: str, event: Event, approved_by: str
) -> ReviewPost:
    """The post of this revision, every anchor placed inside the diff or named in the summary.

    `event` is `COMMENT` or `REQUEST_CHANGES`; `approved_by` a GitHub login.
    """
    lines: list[LineComment] = []
    files: list[FileComment] = []
    elsewhere: list[str] = []
    for number, comment in enumerate(included(draft), 1):
        own = f"<!-- lintel:comment:{review_id}:{number} -->"
        body = _marked(comment.body, own)
        anchor = place(comment.path, comment.line_start, comment.line_end, change.files)
        if isinstance(anchor, LineAnchor):
            lines.append(
                LineComment(
                    path=anchor.path,
                    line=anchor.line,
                    start_line=anchor.start_line,
                    side=anchor.side,
                    body=body,
                )
            )
        elif isinstance(anchor, FileAnchor):
            body = _marked(f"{_where(comment)}\n\n{comment.body}", own)
            files.append(FileComment(path=anchor.path, body=body, marker=own))
        else:
            elsewhere.append(f"**{code(comment.path)}** {_where(comment)}\n\n{comment.body}")
    return ReviewPost(
        body=_body(draft, elsewhere, review_id, approved_by),
        event=event,
        commit_id=draft.head_sha,
        marker=marker(review_id),
        comments=tuple(lines),
        file_comments=tuple(files),
    )


def sha256(post: ReviewPost) -> str:
    """What a decision is bound to: every byte that will be sent."""
    return hashlib.sha256(post.model_dump_json().encode()).hexdigest()


def included(draft: Draft) -> list[Comment]:
    """Comments of findings and questions that the author gets, in order of rank."""
    items: tuple[Finding | Question, ...] = (*draft.findings, *draft.questions)
    wanted = [i.id for i in items if i.for_author and i.dismissed is None]
    return [c for i in wanted if (c := draft.comment_on(i)) is not None]


def _where(comment: Comment) -> str:
    if comment.line_start == comment.line_end:
        return f"(line {comment.line_start})"
    return f"(lines {comment.line_start} to {comment.line_end})"


def _body(draft: Draft, elsewhere: list[str], review_id: str, approved_by: str) -> str:
    signed = (
        f"<sub>Drafted by Lintel ({draft.provenance.analyst}, catalogue "
        f"{draft.provenance.catalogue_version}) for commit `{draft.head_sha[:12]}`; read and "
        f"approved by `{approved_by}`.</sub>"
    )
    tail = f"\n\n{signed}\n{marker(review_id)}"
    text = "\n\n---\n\n".join((draft.summary, *elsewhere))
    return _shorten(text, BODY_LIMIT - len(tail)) + tail


def _marked(text: str, own: str) -> str:
    """The text, shortened if need be, with the marker that finds it again whole behind it."""
    return f"{_shorten(text)}\n\n{own}"


def _shorten(text: str, limit: int = BODY_LIMIT) -> str:
    notice = "\n\n*(shortened: the rest is in the workspace)*"
    return text if len(text) <= limit else text[: limit - len(notice)] + notice
