"""Modern standard Arabic, with Western digits, which is what codes are typed in."""

from datetime import date, datetime

from sparekey.templates.languages._times import in_days, zone
from sparekey.templates.model import Brevity, Language, Tone

_MONTHS = (
    *("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو"),
    *("يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
)
#: One, two, three to ten, more: as they stand after “for”.
_UNITS = (
    ("دقيقة واحدة", "دقيقتين", "دقائق", "دقيقة"),
    ("ساعة واحدة", "ساعتين", "ساعات", "ساعة"),
    ("يوم واحد", "يومين", "أيام", "يومًا"),
)


def _duration(minutes: int) -> str:
    count, unit = in_days(minutes)
    one, two, few, many = _UNITS[unit]
    if count <= 2:
        return one if count == 1 else two
    return f"{count} {few if 3 <= count % 100 <= 10 else many}"


def _day(day: date) -> str:
    return f"{_brief_day(day)} {day.year}"


def _brief_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _moment(at: datetime) -> str:
    return f"{_day(at)} الساعة {at:%H:%M} ({zone(at)})"


def _brief_moment(at: datetime) -> str:
    return f"{_brief_day(at)} {at:%H:%M} ({zone(at)})"


_TONE = Tone(
    hard={
        "فورًا": "",
        "فورا": "",
        "على الفور": "",
        "عاجل": "",
        "حالًا": "",
        "إنذار": "",
        "تحذير": "",
        "آخر فرصة": "",
        "وإلا": "قل ما الذي سيحدث بعد ذلك",
        "سيتم إيقاف": "قل ما الذي سيحدث بعد ذلك",
        "سيتم حذف": "قل ما الذي سيحدث بعد ذلك",
        "إجراءات قانونية": "",
        "يجب عليك": "قل ما يجب فعله: «افتح هذا الرابط»",
        "خصم": "",
        "عرض خاص": "",
        "نشرة": "",
        "مجانًا": "",
    },
    stiff={
        "يرجى": "الأمر مباشرة: «افتح»",
        "الرجاء": "الأمر مباشرة: «افتح»",
        "من فضلك": "",
        "عفوًا": "",
        "للأسف": "",
        "بنجاح": "",
        "غير صالح": "خطأ",
        "عزيزي العميل": "الاسم",
        "السادة": "مرحبًا",
        "نود إعلامكم": "",
        "نحيطكم علمًا": "",
        "قم ب": "الفعل نفسه",
        "من أجل": "لـ",
        "المصادقة": "تسجيل الدخول",
        "رمز التحقق": "الرمز",
        "كلمة مرور لمرة واحدة": "الرمز",
        "بيانات الاعتماد": "كلمة المرور",
        "لا تتردد": "اتصل بنا",
        "غير مصرح": "ليس منك",
    },
)

language = Language(
    direction="rtl",
    script="ARABIC",
    duration=_duration,
    brief_duration=_duration,
    day=_day,
    brief_day=_brief_day,
    moment=_moment,
    brief_moment=_brief_moment,
    purpose_words={
        "recovery": ("كلمة مرور جديدة",),
        "sign_in": ("لتسجيل الدخول",),
        "second_factor": ("لإكمال الدخول",),
        "verify_address": ("لتأكيد هذا", "أكّد"),
        "approve": ("للموافقة",),
        "caller_check": ("لمكالمتك",),
        "password_changed": ("كلمة مرور", "كلمة المرور"),
        "address_changed": ("تغيير",),
        "account_deleted": ("حذف",),
        "recovery_denied": ("أوقفت", "أوقفنا"),
        "too_many_tries": ("محاولات كثيرة",),
        "username": ("اسم المستخدم",),
        "unusual_activity": ("غير معتاد",),
        "texts_stopped": ("لن تصل",),
        "texts_allowed": ("عادت",),
        "help": ("مساعدة",),
        "password_expiring": ("قريبًا", "تنتهي"),
        "rating": ("كيف كانت",),
        "enrol": ("رقم جوال",),
    },
    not_me_words=("لم تطلب ذلك؟", "لست أنت؟", "لن تتصل بنا؟", "هل كنت أنت؟"),
    reply_words=("رد", "أجب", "الرد", "بالرد", "أرسل"),
    keyword_verbs=("رد بكلمة", "أرسل", "اكتب", "أجب"),
    keyword_sentences=(
        "رد بكلمة STOP لإيقاف هذه الرسائل.",
        "رد بكلمة START للسماح بها.",
    ),
    carrier_words=("إيقاف", "توقف", "إلغاء"),
    tells_secret=(
        r"(?:أرسل|ابعث|أعط|أعطنا|أخبرنا|زودنا) (?:\w+ ){0,3}(?:الرمز|رمزك|كلمة (?:ال)?مرور)",
        r"كلمة مرورك (?:الجديدة )?هي",
        r"كلمة (?:ال)?مرور(?:ك)? ?:",
    ),
    tone=_TONE,
    ease=Brevity(most_words=13, most_letters=6),
    test_mark="اختبار:",
)
