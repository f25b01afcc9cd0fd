"""Why a process ends before it has begun."""


class CannotStart(Exception):
    """Something that has to be there is not; the message says what to do."""
