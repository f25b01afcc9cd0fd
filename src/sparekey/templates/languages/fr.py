"""French, to customers who are addressed as “vous”.

What goes into texts keeps to the letters of GSM 7-bit: é è à ù are there, ê ç û are not.
"""

from datetime import date, datetime

from sparekey.templates.languages._times import counted, in_days, zone
from sparekey.templates.model import Ease, Language, Tone

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_BRIEF_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "aout", "sept.", "oct.", "nov.", "déc."),
)


def _duration(minutes: int) -> str:
    return counted(in_days(minutes), ("minute", "heure", "jour"), ("minutes", "heures", "jours"))


def _brief_duration(minutes: int) -> str:
    return counted(in_days(minutes), ("min", "h", "jour"), ("min", "h", "jours"))


def _day(day: date) -> str:
    return f"{_first(day)} {_MONTHS[day.month - 1]} {day.year}"


def _brief_day(day: date) -> str:
    """With the whole month: a sentence may end with it."""
    return f"{_first(day)} {_MONTHS[day.month - 1].replace('û', 'u')}"


def _first(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def _moment(at: datetime) -> str:
    return f"{_day(at)} à {at:%H:%M} ({zone(at)})"


def _brief_moment(at: datetime) -> str:
    return f"{_first(at)} {_BRIEF_MONTHS[at.month - 1]} à {at:%H:%M} ({zone(at)})"


_TONE = Tone(
    hard={
        "immédiatement": "",
        "urgent": "",
        "sans délai": "",
        "agissez": "",
        "dernier avis": "",
        "dernière chance": "",
        "attention": "",
        "à défaut": "dites ce qui va suivre",
        "sous peine": "dites ce qui va suivre",
        "sera suspendu": "dites ce qui va suivre",
        "sera supprimé": "dites ce qui va suivre",
        "poursuites": "",
        "vous devez": "dites quoi faire : « Ouvrez ce lien »",
        "promotion": "",
        "offre spéciale": "",
        "newsletter": "",
        "gratuit": "",
    },
    stiff={
        "veuillez": "l'impératif : « Ouvrez »",
        "merci de": "l'impératif : « Ouvrez »",
        "s'il vous plaît": "",
        "oups": "",
        "malheureusement": "",
        "avec succès": "",
        "invalide": "faux",
        "cher client": "son nom",
        "madame, monsieur": "Bonjour",
        "afin de": "pour",
        "suite à": "après",
        "procéder à": "faire",
        "effectuer": "faire",
        "initier": "commencer",
        "authentifier": "connecter",
        "authentification": "connexion",
        "code de vérification": "code",
        "mot de passe à usage unique": "code",
        "identifiants": "mot de passe",
        "n'hésitez pas": "Appelez-nous",
        "non autorisé": "pas de vous",
    },
)

language = Language(
    direction="ltr",
    script="LATIN",
    duration=_duration,
    brief_duration=_brief_duration,
    day=_day,
    brief_day=_brief_day,
    moment=_moment,
    brief_moment=_brief_moment,
    purpose_words={
        "recovery": ("nouveau mot de passe",),
        "sign_in": ("vous connecte",),
        "second_factor": ("termine votre connexion",),
        "verify_address": ("confirme ce", "confirmez cette"),
        "approve": ("approuve",),
        "caller_check": ("votre appel",),
        "password_changed": ("mot de passe",),
        "address_changed": ("a été changé",),
        "account_deleted": ("a été supprimé",),
        "recovery_denied": ("bloqué",),
        "too_many_tries": ("trop de",),
        "username": ("nom d'utilisateur", "identifiant"),
        "unusual_activity": ("inhabituelle",),
        "texts_stopped": ("plus de codes",),
        "texts_allowed": ("de nouveau",),
        "help": ("aide",),
        "password_expiring": ("expire sous peu", "expire le"),
        "rating": ("s'est-il bien passé", "une note"),
        "enrol": ("numéro de portable",),
    },
    not_me_words=("pas vous ?", "vous n'appelez pas ?", "c'était vous ?"),
    reply_words=("répondez", "répondre", "réponse"),
    keyword_verbs=("répondez", "envoyez", "tapez", "écrivez"),
    keyword_sentences=(
        "Répondez STOP pour ne plus rien recevoir.",
        "Répondez START pour les permettre.",
    ),
    carrier_words=("ARRÊT", "ARRÊTER", "DESABO", "FIN"),
    tells_secret=(
        r"\b(?:répondez|envoyez|donnez|dites|communiquez)(?:-nous|-moi)? (?:\w+ ){0,3}"
        r"(?:votre|le|ce) (?:\w+ )?(?:code|mot de passe|pin)\b",
        r"\bvotre (?:nouveau |ancien )?mot de passe est(?! (?:nouveau|changé))",
        r"\bmot de passe ?:(?! ?https?:)",
    ),
    tone=_TONE,
    ease=Ease(207, 1.015, 73.6, "aeiouyàâéèêëîïôùûœ", silent_endings=("e", "es", "ent")),
    test_mark="Test :",
    unbreakable="?:!;»",
)
