"""German, to customers who are addressed as “Sie”."""

from datetime import date, datetime

from sparekey.templates.languages._times import counted, in_days, zone
from sparekey.templates.model import Ease, Language, Tone

_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)


def _duration(minutes: int) -> str:
    return counted(in_days(minutes), ("Minute", "Stunde", "Tag"), ("Minuten", "Stunden", "Tage"))


def _brief_duration(minutes: int) -> str:
    return counted(in_days(minutes), ("Min.", "Std.", "Tag"), ("Min.", "Std.", "Tage"))


def _day(day: date) -> str:
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def _brief_day(day: date) -> str:
    return f"{day.day}.{day.month}."


def _moment(at: datetime) -> str:
    return f"{_day(at)} um {at:%H:%M} Uhr ({zone(at)})"


def _brief_moment(at: datetime) -> str:
    return f"{_brief_day(at)} um {at:%H:%M} ({zone(at)})"


_TONE = Tone(
    hard={
        "sofort": "",
        "unverzüglich": "",
        "umgehend": "",
        "dringend": "",
        "jetzt handeln": "",
        "letzte mahnung": "",
        "warnung": "",
        "achtung": "",
        "andernfalls": "sagen Sie, was als Nächstes geschieht",
        "wird gesperrt": "sagen Sie, was als Nächstes geschieht",
        "wird gelöscht": "sagen Sie, was als Nächstes geschieht",
        "rechtliche schritte": "",
        "sie müssen": "sagen Sie, was zu tun ist: „Öffnen Sie diesen Link“",
        "rabatt": "",
        "sonderangebot": "",
        "newsletter": "",
        "gratis": "",
    },
    stiff={
        "bitte": "",
        "ups": "",
        "hoppla": "",
        "leider": "",
        "erfolgreich": "",
        "ungültig": "falsch",
        "sehr geehrte": "Guten Tag",
        "hiermit": "",
        "bezüglich": "zu",
        "um zu": "zum …",
        "authentifizieren": "anmelden",
        "authentifizierung": "Anmeldung",
        "verifizieren": "bestätigen",
        "verifizierungscode": "Code",
        "einmalpasswort": "Code",
        "zugangsdaten": "Passwort",
        "initiieren": "beginnen",
        "durchführen": "machen",
        "zögern sie nicht": "Rufen Sie an",
        "unautorisiert": "nicht von Ihnen",
        "seitens": "von",
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
        "recovery": ("neues passwort",),
        "sign_in": ("meldet sie", "melden sie sich"),
        "second_factor": ("ihre anmeldung",),
        "verify_address": ("bestätigt diese", "bestätigen sie diese"),
        "approve": ("ihren auftrag",),
        "caller_check": ("ihren anruf",),
        "password_changed": ("passwort",),
        "address_changed": ("geändert",),
        "account_deleted": ("gelöscht",),
        "recovery_denied": ("gestoppt",),
        "too_many_tries": ("zu viele",),
        "username": ("benutzername",),
        "unusual_activity": ("ungewöhnlich",),
        "texts_stopped": ("fremde codes",),
        "texts_allowed": ("wieder",),
        "help": ("hilfe", "hilft"),
        "password_expiring": ("läuft bald ab", "läuft am"),
        "rating": ("wie war",),
        "enrol": ("handynummer",),
    },
    not_me_words=(
        "nicht angefordert?",
        "waren sie das nicht?",
        "kein anruf von ihnen?",
        "waren sie das?",
        "waren sie es doch?",
        "nicht ihr konto?",
    ),
    reply_words=("antworten sie", "antworten", "zurückschreiben"),
    keyword_verbs=("antworten sie", "schreiben sie", "senden sie", "schicken sie"),
    keyword_sentences=(
        "Antworten Sie STOP, um keine Nachrichten mehr zu erhalten.",
        "Antworten Sie START, um sie zu erlauben.",
    ),
    carrier_words=("STOPP", "ENDE", "ABMELDEN"),
    tells_secret=(
        r"\b(?:antworten|senden|schicken|nennen|sagen|geben) sie (?:uns |mir )?"
        r"(?:\w+ ){0,3}(?:ihren|den|diesen|ihr|das|die) (?:\w+ )?(?:code|passwort|pin)\b(?! nicht)",
        r"\bihr (?:neues |altes )?passwort (?:lautet|ist:)",
        r"\bpasswort ?:",
    ),
    tone=_TONE,
    ease=Ease(180, 1.0, 58.5, "aeiouyäöü", least=40),
    test_mark="Test:",
)
