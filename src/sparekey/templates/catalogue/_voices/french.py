"""What several messages say, in French."""

from sparekey.templates.catalogue._voices.voice import Voice

FR = Voice(
    not_me="Pas vous ?",
    reply_no="Répondez NO.",
    stop_it="Ouvrez ce lien{% if can_reply %} ou répondez NO à cet e-mail{% endif %}, "
    "et nous arrêtons tout :",
    protect="Dites-le-nous ici{% if can_reply %} ou répondez NO à cet e-mail{% endif %}, "
    "et nous vous aidons à protéger votre compte :",
    valid="Valable {{ valid_for }}.",
    type_it="Saisissez-le sur la page qui le demande et ne le donnez à personne. "
    "Il est valable une seule fois, pendant {{ valid_for }}.",
    the_page="La page :",
    hello="Bonjour {{ name }},",
    call="Appelez le {{ support_phone }}",
    or_write=" ou écrivez à {{ support_email }}",
    write="Écrivez à {{ support_email }}",
    ask="Demandez à {{ brand }}",
    questions="Une question ? ",
    nothing_to_do="C'était vous ? Il n'y a rien à faire.",
    origin="{% if browser %} avec {{ browser }}{% endif %}"
    "{% if place %} près de {{ place }}{% endif %}",
)
