"""A provider that is known by configuration only, as the guide describes one."""

from sparekey.gateways import Misconfigured, Refused, Throttled, Unreachable, Unsure
from tests.gateways.http.cases import Provider
from tests.gateways.http.provider import Said

VALUES = {
    "url": "https://api.carrier.example/send",
    "headers": "Authorization: Bearer hush\nX-App: recovery",
    "body": '{"to": "{{ to_digits }}", "from": "{{ sender }}", "text": "{{ text }}"'
    '{% if hook_url %}, "callback": "{{ hook_url }}"{% endif %}, "ref": "{{ id }}"}',
    "answers": "accepted status=2xx /ok=true\n"
    "throttled /error=TOO_FAST\n"
    "misconfigured /error=NO_CREDIT\n"
    "unreachable status=503 /error=CLOSED\n"
    "unsure /error=PERHAPS\n"
    "refused status=2xx /error",
    "ref": "/message/id",
}
PROVIDERS = [
    Provider(
        "http",
        VALUES,
        Said.json({"ok": True, "message": {"id": 4711}}),
        "4711",
        addresses=("probe",),
        faults=(
            (Said.json({"error": "TOO_FAST"}), Throttled),
            (Said.json({"error": "NO_CREDIT"}), Misconfigured),
            (Said.json({"error": "PERHAPS"}), Unsure),
            (Said.json({"error": "UNKNOWN_NUMBER"}), Refused),
            (Said.json({"error": "CLOSED"}, 503), Unreachable),
            (Said.json({"error": "UNKNOWN_NUMBER"}, 404), Refused),
            (Said.json({}), Unsure),
        ),
    )
]
