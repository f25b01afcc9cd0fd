"""What an operator can set, read once from the environment by the composition roots."""

from sparekey.settings.environment import BadSetting, read
from sparekey.settings.forms import ImapBox, Listener
from sparekey.settings.model import Settings
from sparekey.settings.page import document

__all__ = ["BadSetting", "ImapBox", "Listener", "Settings", "document", "read"]
