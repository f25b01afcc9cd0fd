"""What can keep the embedded server from being had; each message says what to do about it."""


class EmbeddedFailure(Exception):
    """The embedded server cannot be had; `str()` of it is written for the operator."""


class UnusableDirectory(EmbeddedFailure):
    """The directory belongs to somebody else, or the server's user cannot reach it."""


class NoServerUser(EmbeddedFailure):
    """We are root and there is no unprivileged user to run the server as."""


class NoBinaries(EmbeddedFailure):
    """No PostgreSQL was found where we were told to look, or it does not run."""


class OtherMajor(EmbeddedFailure):
    """The cluster was made by another major version than the binaries at hand."""


class ServerFailed(EmbeddedFailure):
    """The server was started and did not come up."""


class ForeignServer(EmbeddedFailure):
    """What answers on our socket is not the cluster in our directory."""
