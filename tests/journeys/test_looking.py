"""That a look sees what it looks for: pages that are wrong in one way each."""

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.looking import look

pytestmark = pytest.mark.asyncio(loop_scope="session")

_FRAME = """<!doctype html><html lang="en"><head><title>t</title>
<meta name="viewport" content="width=device-width"><style>
    button {{ inline-size: 120px; block-size: 44px }}
    :focus-visible {{ outline: 2px solid }}
    {style}
</style></head><body><main><h1>Title</h1>{main}</main></body></html>"""

WRONG = {
    "scrolls sideways": ("", "<p style='inline-size: 2000px'>wide</p>"),
    "lies on": (
        "button + button { margin-inline-start: -60px }",
        "<button>a</button><button>b</button>",
    ),
    "is 20 x 20": ("", "<button style='inline-size: 20px; block-size: 20px'>a</button>"),
    "is cut off": ("p { inline-size: 30px; overflow: hidden }", "<p>incomprehensibilities</p>"),
    "nobody sees the focus": ("button { outline: 0 !important }", "<button>a</button>"),
    "color-contrast": ("p { color: #ccc; background: #fff }", "<p>pale</p>"),
    "label": ("", "<input type='text'>"),
}


@pytest.mark.parametrize("complaint", WRONG)
async def test_what_is_wrong_is_named(visit: Visit, complaint: str):
    style, main = WRONG[complaint]
    async with visit() as visitor:
        await visitor.page.set_content(_FRAME.format(style=style, main=main))

        with pytest.raises(AssertionError, match=complaint):
            await look(visitor.page, "wrong")


async def test_what_is_right_is_let_be(visit: Visit):
    async with visit() as visitor:
        await visitor.page.set_content(_FRAME.format(style="", main="<button>Go on</button>"))

        await look(visitor.page, "right")


@pytest.mark.parametrize(
    "script",
    [
        "fetch('https://elsewhere.example/').catch(() => {})",
        "console.error('Refused to load: Content Security Policy')",
    ],
)
async def test_a_browser_that_strays_or_complains_fails_its_visit(visit: Visit, script: str):
    async def stray() -> None:
        async with visit() as visitor:
            await visitor.open("/healthz")
            await visitor.page.evaluate(script)

    with pytest.raises(AssertionError):
        await stray()
