"""Everything with a request, a row or a page."""
