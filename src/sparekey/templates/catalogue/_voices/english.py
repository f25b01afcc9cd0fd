"""What several messages say, in English."""

from sparekey.templates.catalogue._voices.voice import Voice

EN = Voice(
    not_me="Not you?",
    reply_no="Reply NO.",
    stop_it="Open this link{% if can_reply %} or reply NO to this email{% endif %}, "
    "and we stop it:",
    protect="Tell us here{% if can_reply %} or reply NO to this email{% endif %}, "
    "and we help you protect your account:",
    valid="Valid for {{ valid_for }}.",
    type_it="Type it on the page that asked for it and tell it to nobody. "
    "It works once, for {{ valid_for }}.",
    the_page="The page:",
    hello="Hello {{ name }},",
    call="Call {{ support_phone }}",
    or_write=" or write to {{ support_email }}",
    write="Write to {{ support_email }}",
    ask="Ask {{ brand }}",
    questions="Questions? ",
    nothing_to_do="Was it you? Then there is nothing to do.",
    origin="{% if browser %} with {{ browser }}{% endif %}"
    "{% if place %} near {{ place }}{% endif %}",
)
