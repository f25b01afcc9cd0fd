"""What a designer at the company writes, and how it is saved."""

from typing import Any

import httpx

GOOD_SMS = (
    "{{ code }} signs you in at {{ brand }}, says Jo. Valid for {{ valid_for }}. "
    "Not you? {% if can_reply %}Reply NO.{% else %}{{ not_me_url }}{% endif %}"
)
LINKS = (
    "Set a new password at {{ brand }}, says Jo: {{ link }} Valid for {{ valid_for }}. "
    "Not you? {{ not_me_url }}"
)
GOOD_EMAIL = {
    "subject": "Jo sends you a code for {{ brand }}",
    "text": "{{ code }}\nIt signs you in at {{ brand }}. Valid for {{ valid_for }}.\n"
    "Not you? {{ not_me_url }}",
    "mjml": "<mj-text><p>{{ code }}</p><p>It signs you in at {{ brand }}. "
    'Valid for {{ valid_for }}.</p><p>Not you? <a href="{{ not_me_url }}">{{ not_me_url }}</a>'
    "</p></mj-text>",
}


async def save(
    api: httpx.AsyncClient, name: str = "sign_in_code", locale: str = "en", **words: Any
) -> httpx.Response:
    """Save words of the brand's own."""
    return await api.put(f"/v1/templates/{name}/{locale}", json=words)


async def saved(api: httpx.AsyncClient, name: str, locale: str = "en", **words: Any) -> Any:
    """Save words that nothing is wrong with; what was answered."""
    answer = await save(api, name, locale, **words)
    assert answer.status_code == 200, answer.text
    return answer.json()
