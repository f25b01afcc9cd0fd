"""Whose customers we serve: name, look, languages, countries, senders, support contacts."""

from sparekey.brands.model import Brand, BrandWish, ClassicPolicy, Logo, LookWish, Sender, Support
from sparekey.brands.service import by_id, change_look, create, everyone, find, find_logo

__all__ = [
    "Brand",
    "BrandWish",
    "ClassicPolicy",
    "Logo",
    "LookWish",
    "Sender",
    "Support",
    "by_id",
    "change_look",
    "create",
    "everyone",
    "find",
    "find_logo",
]
