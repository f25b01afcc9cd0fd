"""What several messages say, in Arabic."""

from sparekey.templates.catalogue._voices.voice import Voice

AR = Voice(
    not_me="لم تطلب ذلك؟",
    reply_no="أرسل NO.",
    stop_it="افتح هذا الرابط{% if can_reply %} أو رد على هذه الرسالة بكلمة NO{% endif %} "
    "وسنوقف الطلب:",
    protect="أخبرنا هنا{% if can_reply %} أو رد على هذه الرسالة بكلمة NO{% endif %} "
    "وسنساعدك على حماية حسابك:",
    valid="صالح {{ valid_for }}.",
    type_it="أدخله في الصفحة التي طلبته ولا تخبر به أحدًا. يعمل مرة واحدة ولمدة {{ valid_for }}.",
    the_page="الصفحة:",
    hello="مرحبًا {{ name }}،",
    call="اتصل بالرقم {{ support_phone }}",
    or_write=" أو اكتب إلى {{ support_email }}",
    write="اكتب إلى {{ support_email }}",
    ask="اسأل {{ brand }}",
    questions="لديك سؤال؟ ",
    nothing_to_do="هل كنت أنت؟ إذن لا داعي لفعل شيء.",
    origin="{% if browser %} باستخدام {{ browser }}{% endif %}"
    "{% if place %} بالقرب من {{ place }}{% endif %}",
)
