"""How each language says what several messages say; the messages import them from here."""

from sparekey.templates.catalogue._voices.arabic import AR
from sparekey.templates.catalogue._voices.english import EN
from sparekey.templates.catalogue._voices.french import FR
from sparekey.templates.catalogue._voices.german import DE
from sparekey.templates.catalogue._voices.spanish import ES

__all__ = ["AR", "DE", "EN", "ES", "FR"]
