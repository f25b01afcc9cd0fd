"""Whose customers we serve: name, languages, countries, senders, support contacts."""

from sparekey.brands.model import Brand, BrandWish, ClassicPolicy, Sender, Support
from sparekey.brands.service import by_id, create, everyone, find

__all__ = [
    "Brand",
    "BrandWish",
    "ClassicPolicy",
    "Sender",
    "Support",
    "by_id",
    "create",
    "everyone",
    "find",
]
