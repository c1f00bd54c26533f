"""What keeps an analyst from judging: each trouble has a kind, a sentence for people, and what helps."""

from enum import StrEnum


class Remedy(StrEnum):
    """What a caller can do about a trouble."""

    WAIT = "wait"
    """It passes: try again later."""
    OTHER = "other"
    """This work will not succeed with this model: another model or analyst may do it."""
    OPERATOR = "operator"
    """Somebody has to change a setting, a key or an account first."""


class Kind(StrEnum):
    """What happened, as the draft, the log and the metrics name it."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    UNUSABLE = "unusable"
    CUT_OFF = "cut_off"
    TOO_LONG = "too_long"
    REJECTED = "rejected"
    BAD_KEY = "bad_key"
    UNKNOWN_MODEL = "unknown_model"
    QUOTA = "quota"
    BUDGET = "budget"
    NOT_RECORDED = "not_recorded"


_WAIT = {
    Kind.RATE_LIMITED,
    Kind.OVERLOADED,
    Kind.SERVER_ERROR,
    Kind.UNREACHABLE,
    Kind.TIMED_OUT,
}
_OPERATOR = {Kind.BAD_KEY, Kind.UNKNOWN_MODEL, Kind.QUOTA, Kind.NOT_RECORDED}


class Trouble(Exception):
    """An analyst could not judge. Never becomes an empty result."""

    def __init__(self, kind: Kind, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        """For people, with the next step; names no document content and no key."""
        self.retry_after = retry_after
        """Seconds the provider asked us to wait, where it did."""

    @property
    def remedy(self) -> Remedy:
        """What helps."""
        if self.kind in _WAIT:
            return Remedy.WAIT
        return Remedy.OPERATOR if self.kind in _OPERATOR else Remedy.OTHER
