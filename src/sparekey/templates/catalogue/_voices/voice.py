"""What a voice is: the sentences of one language that several messages share, and their shapes."""

from dataclasses import dataclass

from sparekey.templates.catalogue._parts import Part, code, leads, mail, says
from sparekey.templates.model import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Sentences, in Liquid. `stop_it` ends where the link that stops it follows; `call`, `write`
    and `ask` are without a full stop, because hours may follow; `or_write` continues `call`."""

    not_me: str
    reply_no: str
    stop_it: str
    protect: str
    valid: str
    type_it: str
    the_page: str
    hello: str
    call: str
    or_write: str
    write: str
    ask: str
    questions: str
    nothing_to_do: str
    origin: str

    # --- who helps ----------------------------------------------------------------------------

    @property
    def who_helps(self) -> str:
        """The people to turn to, however few ways there are to them."""
        return (
            f"{{% if support_phone %}}{self.call}"
            f"{{% if support_email %}}{self.or_write}{{% endif %}}"
            f"{{% elsif support_email %}}{self.write}{{% else %}}{self.ask}{{% endif %}}"
            "{% if support_hours %} ({{ support_hours }}){% endif %}."
        )

    @property
    def who_helps_sms(self) -> str:
        """The same in a text: one way, without hours."""
        return (
            f"{{% if support_phone %}}{self.call}."
            f"{{% elsif support_email %}}{self.write}.{{% else %}}{self.ask}.{{% endif %}}"
        )

    @property
    def support(self) -> Part:
        """The end of most emails: who answers questions, and the company's name."""
        asked = "{% if support_phone or support_email %}" + self.questions + self.who_helps
        text = f"{asked}{{% endif %}}\n{{{{ brand }}}}"
        return Part(text, says(f"{asked}<br />{{% endif %}}{{{{ brand }}}}").mjml)

    # --- that was not me ----------------------------------------------------------------------

    def way_out_sms(self, asks: str | None = None) -> str:
        """What to do if it was somebody else: the word to reply where replies arrive, or a link."""
        reply = f"{{% if can_reply %}}{self.reply_no}{{% else %}}{{{{ not_me_url }}}}{{% endif %}}"
        return f"{asks or self.not_me} {reply}"

    def way_out(self, asks: str | None = None, what_then: str | None = None) -> Part:
        """What to do if it was somebody else, and the link for it."""
        return leads(f"{asks or self.not_me} {what_then or self.stop_it}", link="not_me_url")

    # --- whole shapes -------------------------------------------------------------------------

    def greeted(self, words: str) -> Part:
        """A first paragraph, under a greeting where there is a name."""
        greeting = f"{{% if name %}}{self.hello}"
        return Part(
            f"{greeting}{{% endif %}}\n\n{words}",
            says(f"{greeting}</p><p>{{% endif %}}{words}").mjml,
        )

    def code_sms(self, what: str, *, asks: str | None = None) -> str:
        """The text that carries a code: what it does, how long, and the way out."""
        return f"{what} {self.valid} {self.way_out_sms(asks)}"

    def code_words(
        self,
        *,
        sms: str,
        subject: str,
        line: str,
        then: str | None = None,
        asks: str | None = None,
        asks_more: str | None = None,
    ) -> Words:
        """A code in both channels; `line` says in an email what it does, `then` where it goes, and
        `asks_more` what it means if it was somebody else."""
        where = self._typed() if then is None else says(then)
        return Words(
            sms=self.code_sms(sms, asks=asks),
            email=mail(subject, code(line), where, self.way_out(asks_more or asks), self.support),
        )

    def _typed(self) -> Part:
        """Where to type a code, with the address of the page where that is known."""
        page = (
            "{% if page_url %}<br />"
            + self.the_page
            + ' <a href="{{ page_url }}">{{ page_url }}</a>'
        )
        return Part(
            f"{self.type_it}\n{{% if page_url %}}{self.the_page} {{{{ page_url }}}}{{% endif %}}",
            says(f"{self.type_it}{page}{{% endif %}}").mjml,
        )
