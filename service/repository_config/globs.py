"""Globs of the configuration: `*` and `?` within a name, `**` for any number of folders."""

from fnmatch import fnmatchcase


def path_matches(glob: str, path: str) -> bool:
    """Whether the whole path fits, case included.

    `**` between slashes stands for any number of folders, none too. A bracket is a bracket. Takes
    time in proportion to both lengths, whatever the glob.
    """
    wanted, given = glob.split("/"), path.split("/")
    at, place = 0, 0
    last, resume = -1, 0
    while place < len(given):
        if at < len(wanted) and wanted[at] == "**":
            last, resume = at, place
            at += 1
        elif at < len(wanted) and _fits(given[place], wanted[at]):
            at, place = at + 1, place + 1
        elif last >= 0:
            # Only the last `**` need take one folder more: the ones before have all they need.
            resume += 1
            at, place = last + 1, resume
        else:
            return False
    return all(part == "**" for part in wanted[at:])


def text_matches(glob: str, text: str) -> bool:
    """Whether a whole title, login or label fits; case does not count, a slash is a character."""
    return _fits(text.casefold(), glob.casefold())


def _fits(text: str, glob: str) -> bool:
    # `dependabot[bot]` is a login, not a class of characters.
    return fnmatchcase(text, glob.replace("[", "[[]"))
