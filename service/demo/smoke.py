"""Drives the demo once without a person: through the pages and forms that an architect uses."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from service.demo.run import Demo, DemoFailed

NUMBER = 1
EDITED = "Edited in the workspace: please answer before the merge."
STAGE_SECONDS = 45.0

Stage = dict[str, object]


@dataclass
class Form:
    """A form of a page: where it goes and what it holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Collects the forms of a page, with the values that a browser would send unchanged."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a form, or note a field of the open one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif self.found and tag == "input" and given.get("type") == "hidden":
            self.found[-1].fields[given.get("name", "")] = given.get("value", "")
        elif self.found and tag == "textarea":
            self._area = given.get("name", "")

    def handle_endtag(self, tag: str) -> None:
        """Close a text area."""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Text inside a text area is its value."""
        if self._area:
            fields = self.found[-1].fields
            fields[self._area] = fields.get(self._area, "") + data

    def ending(self, end: str) -> Form:
        """The first form whose action ends like this."""
        for form in self.found:
            if form.action.endswith(end):
                return form
        raise DemoFailed(f"the page has no form for {end}")


def smoke(demo: Demo) -> Iterator[Stage]:
    """Delivery, draft, one edit, approval, post: one JSON object a stage, the last one the verdict."""
    started = time.monotonic()
    demo.announce(NUMBER)
    yield {"stage": "delivered", "ok": True, "pull_request": NUMBER}
    _submit(demo, "/login/demo", {"login": "ada"})
    review = _until(lambda: _in_queue(demo), "a draft awaits an architect")
    yield {"stage": "drafted", "ok": True, "review": f"{demo.workspace}/reviews/{review}"}
    page = _get(demo, f"/reviews/{review}")
    form = Forms(page).ending("/comment")
    form.fields["body"] = f"{form.fields.get('body', '')}\n\n{EDITED}"
    _submit(demo, form.action, form.fields)
    yield {"stage": "edited", "ok": EDITED in _get(demo, f"/reviews/{review}")}
    preview = _get(demo, f"/reviews/{review}/preview")
    approval = Forms(preview).ending("/approve")
    _submit(demo, approval.action, approval.fields | {"event": "COMMENT"})
    sha256 = approval.fields.get("text_sha256", "")
    yield {"stage": "approved", "ok": len(sha256) == 64, "text_sha256": sha256}
    _until(lambda: _posted(demo), "the stand-in holds a review")
    seconds = round(time.monotonic() - started, 1)
    yield _verdict(_posted(demo)) | {"seconds": seconds}


def _verdict(reviews: list[dict[str, object]]) -> Stage:
    """Exactly one review, with a summary, line comments, and the architect's edit in one of them."""
    review = reviews[0]
    found = review.get("comments")
    comments = found if isinstance(found, list) else []
    on_lines = [c for c in comments if c.get("line")]
    edited = any(EDITED in str(c.get("body")) for c in comments)
    summary = len(str(review.get("body") or ""))
    return {
        "stage": "posted",
        "ok": len(reviews) == 1 and bool(on_lines) and summary > 100 and edited,
        "reviews": len(reviews),
        "line_comments": len(on_lines),
        "summary_characters": summary,
        "url": review.get("html_url"),
    }


def _in_queue(demo: Demo) -> str:
    page = _get(demo, "/?state=awaiting_architect")
    found = re.search(r"/reviews/([0-9a-f]{32})", page)
    return found.group(1) if found else ""


def _posted(demo: Demo) -> list[dict[str, object]]:
    answer = demo.client.get(f"{demo.github}/_standin/pulls/{NUMBER}/reviews")
    return [r for r in answer.json() if r.get("body")]


def _get(demo: Demo, path: str) -> str:
    answer = demo.client.get(f"{demo.workspace}{path}")
    if not answer.is_success:
        raise DemoFailed(f"{path} answered {answer.status_code}")
    return answer.text


def _submit(demo: Demo, path: str, fields: dict[str, str]) -> None:
    headers = {"origin": demo.workspace, "sec-fetch-site": "same-origin"}
    answer = demo.client.post(f"{demo.workspace}{path}", data=fields, headers=headers)
    if answer.status_code not in (200, 303):
        raise DemoFailed(f"{path} answered {answer.status_code}: {answer.text[:300]}")


def _until(probe: Callable[[], object], what: str) -> str:
    end = time.monotonic() + STAGE_SECONDS
    while time.monotonic() < end:
        found = probe()
        if found:
            return str(found)
        time.sleep(0.1)
    raise DemoFailed(f"not within {STAGE_SECONDS:.0f} s: {what}")
