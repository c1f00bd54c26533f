"""Pages of a list, with the Link header GitHub sends."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response

from service.demo.world import WorldHere

Item = TypeVar("Item")
MAX_PER_PAGE = 100


class Page:
    """`per_page` and `page` of a request; values GitHub would not honour are brought into range."""

    def __init__(self, request: Request, response: Response, world: WorldHere) -> None:
        self._request, self._response, self._world = request, response, world
        self.size = min(max(_number(request, "per_page", 30), 1), MAX_PER_PAGE)
        self.number = max(_number(request, "page", 1), 1)

    def cut(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items of this page; sets the Link header where there are others."""
        last = max(-(-len(items) // self.size), 1)
        links = []
        if self.number > 1:
            links += [self._link(self.number - 1, "prev"), self._link(1, "first")]
        if self.number < last:
            links += [self._link(self.number + 1, "next"), self._link(last, "last")]
        if links:
            self._response.headers["link"] = ", ".join(links)
        start = (self.number - 1) * self.size
        return items[start : start + self.size]

    def _link(self, page: int, rel: str) -> str:
        url = self._request.url.include_query_params(per_page=self.size, page=page)
        return f'<{self._world.url(url.path)}?{url.query}>; rel="{rel}"'


def _number(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() else default


PageHere = Annotated[Page, Depends(Page)]
