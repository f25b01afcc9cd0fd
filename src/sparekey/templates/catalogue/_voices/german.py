"""What several messages say, in German."""

from sparekey.templates.catalogue._voices.voice import Voice

DE = Voice(
    not_me="Nicht angefordert?",
    reply_no="Antworten Sie NO.",
    stop_it="Öffnen Sie diesen Link{% if can_reply %} oder antworten Sie auf diese E-Mail mit NO"
    "{% endif %}, und wir stoppen es:",
    protect="Sagen Sie es uns hier{% if can_reply %} oder antworten Sie auf diese E-Mail mit NO"
    "{% endif %}, und wir helfen Ihnen, Ihr Konto zu schützen:",
    valid="{{ valid_for }} gültig.",
    type_it="Geben Sie ihn auf der Seite ein, die danach fragt, und verraten Sie ihn niemandem. "
    "Er gilt einmal und für {{ valid_for }}.",
    the_page="Die Seite:",
    hello="Guten Tag {{ name }}",
    call="Rufen Sie an: {{ support_phone }}",
    or_write=" oder schreiben Sie an {{ support_email }}",
    write="Schreiben Sie an {{ support_email }}",
    ask="Fragen Sie bei {{ brand }} nach",
    questions="Fragen? ",
    nothing_to_do="Waren Sie das? Dann ist nichts zu tun.",
    origin="{% if browser %} mit {{ browser }}{% endif %}"
    "{% if place %} in der Nähe von {{ place }}{% endif %}",
)
