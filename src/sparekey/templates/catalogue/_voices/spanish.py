"""What several messages say, in Spanish."""

from sparekey.templates.catalogue._voices.voice import Voice

ES = Voice(
    not_me="¿No lo ha pedido?",
    reply_no="Responda NO.",
    stop_it="Abra este enlace{% if can_reply %} o responda NO a este correo{% endif %} "
    "y lo paramos:",
    protect="Avise aquí{% if can_reply %} o responda NO a este correo{% endif %} "
    "y ayudamos a proteger la cuenta:",
    valid="Vale {{ valid_for }}.",
    type_it="Escríbalo en la página que lo pide y no se lo diga a nadie. "
    "Funciona una sola vez, durante {{ valid_for }}.",
    the_page="La página:",
    hello="Hola, {{ name }}:",
    call="Llame al {{ support_phone }}",
    or_write=" o escriba a {{ support_email }}",
    write="Escriba a {{ support_email }}",
    ask="Pregunte a {{ brand }}",
    questions="¿Preguntas? ",
    nothing_to_do="¿Fue usted? Entonces no hay nada que hacer.",
    origin="{% if browser %} con {{ browser }}{% endif %}"
    "{% if place %} cerca de {{ place }}{% endif %}",
)
