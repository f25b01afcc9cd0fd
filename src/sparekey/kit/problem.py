"""A broken rule, answered to the caller: a stable code, a status, a sentence on what to do."""

from collections.abc import Mapping


class Problem(Exception):
    """Raised by any floor, rendered as an RFC 9457 problem by `http`.

    `code` is stable and dotted (`recovery.not_proven`); `detail` says what to do next;
    `headers` and `extra` are added to the answer and its body.
    """

    def __init__(
        self,
        code: str,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
