"""Words that somebody else wrote stay words: no loop, no foreign tag, no address of their own."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey import templates
from sparekey.templates.compiling import (
    decided,
    decides_by_presence,
    fill,
    html_words,
    text_words,
    tidied,
)
from sparekey.templates.layout import COLOURS
from sparekey.templates.model import CannotRender


def page(body: str) -> str:
    values = {"link": "https://id.acme.example/", "brand": "Acme", "name": "Alice"}
    return fill(html_words(body, "en", "ltr"), {**COLOURS, **values})


@pytest.mark.parametrize(
    "words",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% include 'other' %}",
        "{% render 'other' %}",
        "{% assign a = 'b' %}",
        "{% capture a %}b{% endcapture %}",
        "{% raw %}{{ code }}{% endraw %}",
        "{% tablerow i in (1..9) %}x{% endtablerow %}",
        "{{ brand | safe }}",
        "{{ brand | append: brand }}",
        "{% if brand %}" * 9 + "{% endif %}" * 9,
        "{{ brand",
        "{% if %}",
    ],
)
def test_nothing_but_conditions_and_variables_is_read(words: str) -> None:
    with pytest.raises(CannotRender):
        fill(text_words(words), {"brand": "Acme"})


def test_a_variable_nobody_gives_is_refused() -> None:
    with pytest.raises(CannotRender, match="nobody"):
        fill(text_words("{{ nobody }}"), {})
    with pytest.raises(CannotRender, match="nobody"):
        fill(text_words("{% if nobody %}x{% endif %}"), {})


def test_no_attribute_of_a_value_can_be_reached() -> None:
    with pytest.raises(CannotRender):
        fill(text_words("{{ brand.__class__ }}"), {"brand": "Acme"})


def test_a_message_that_grows_too_long_is_refused() -> None:
    with pytest.raises(CannotRender):
        fill(text_words("{{ brand }}" * 2_000), {"brand": "x" * 40})


@pytest.mark.parametrize(
    "body",
    [
        '<mj-image src="https://evil.example/pixel.png" />',
        '<mj-include path="/etc/passwd" />',
        "<mj-raw><script>alert(1)</script></mj-raw>",
        "<mj-text><script>alert(1)</script></mj-text>",
        '<mj-text><img src="x" onerror="alert(1)" /></mj-text>',
        '<mj-text><p onclick="alert(1)">x</p></mj-text>',
        '<mj-text><p style="background:url(//evil.example)">x</p></mj-text>',
        '<mj-text font-family="x;background:url(//evil.example)">x</mj-text>',
        '<mj-text><a href="https://evil.example/">x</a></mj-text>',
        '<mj-text><a href="javascript:alert(1)">x</a></mj-text>',
        '<mj-text><a href="{{ link }}.evil.example">x</a></mj-text>',
        "<mj-text><!-- x --></mj-text>",
        '<!DOCTYPE x [<!ENTITY e "e">]><mj-text>&e;</mj-text>',
        "<mj-text>&undefined;</mj-text>",
        "</body><mj-text>x</mj-text>",
        "<mj-text>",
    ],
)
def test_a_foreign_tag_attribute_or_address_is_refused(body: str) -> None:
    with pytest.raises(CannotRender):
        page(body)


def test_values_are_escaped_in_html() -> None:
    html = fill(
        html_words("<mj-text><p>{{ name }}</p></mj-text>", "en", "ltr"),
        {**COLOURS, "brand": "A", "name": '<b onclick="x">&'},
    )

    assert "&lt;b onclick=&#34;x&#34;&gt;&amp;" in html
    assert "<b " not in html


def test_an_email_fetches_nothing() -> None:
    html = page('<mj-button href="{{ link }}">Go</mj-button>')

    assert "fonts.googleapis.com" not in html
    assert 'src="' not in html
    assert "url(" not in html


def test_a_language_from_right_to_left_turns_the_page() -> None:
    html = fill(html_words("<mj-text>x</mj-text>", "ar", "rtl"), {**COLOURS, "brand": "Acme"})

    assert '<html lang="ar" dir="rtl"' in html
    assert "text-align:right" in html


def test_a_prepared_process_parses_nothing_more() -> None:
    templates.prepare()
    before = (text_words.cache_info().misses, html_words.cache_info().misses)

    templates.prepare()

    assert (text_words.cache_info().misses, html_words.cache_info().misses) == before
    assert html_words.cache_info().currsize >= len(templates.registry.names())


def test_importing_templates_leaves_the_heavy_libraries_alone() -> None:
    script = "import sys, sparekey.templates; print({'liquid', 'mjml'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert loaded.stdout.strip() == b"set()"


@pytest.mark.parametrize("name", templates.registry.names())
@given(data=st.data())
def test_words_decided_once_say_what_words_filled_each_time_say(name: str, data: st.DataObject):
    template = templates.find(name)
    names = [variable.name for variable in template.variables]
    given_names = data.draw(st.sets(st.sampled_from(names)))
    values: dict[str, object] = {one: f"<{one}>" if one in given_names else None for one in names}
    values["can_reply"] = data.draw(st.booleans())
    for words in template.locales.values():
        mail = (words.email.subject, words.email.text) if words.email else ()
        for source in filter(decides_by_presence, filter(None, (words.sms, *mail))):
            there = frozenset(one for one, value in values.items() if value)
            parts = list(decided(source, there, frozenset(values.keys() - there)))
            parts[1::2] = [str(values[one]) for one in parts[1::2]]

            assert "".join(parts) == tidied(fill(text_words(source), values))


@pytest.mark.parametrize(
    ("condition", "is_so"),
    [
        ("if name", True),
        ("if name and brand or host", True),
        ("if name == 'Alice'", False),
        ("unless name contains brand", False),
        ("if name.size", False),
        ("elsif kind != brand", False),
    ],
)
def test_a_condition_on_what_a_value_is_cannot_be_decided_before(condition: str, *, is_so: bool):
    opened = "{% if brand %}x" if condition.startswith("elsif") else ""
    ending = "{% endunless %}" if condition.startswith("unless") else "{% endif %}"

    assert decides_by_presence(f"{opened}{{% {condition} %}}y{ending}") is is_so
