"""What a text would cost is shown where its words are written."""

from tests.world.carriers import Carriers


async def test_a_preview_says_what_a_text_costs_in_each_country_through_the_first_gateway(
    carriers: Carriers,
):
    await carriers.add("dear", place=2)
    await carriers.add("first", place=1)
    await carriers.prices("dear", _=900_000)
    await carriers.prices("first", _44=40_000, _447=50_000)
    path = "/v1/templates/recovery_code/preview"
    english = (await carriers.simulation.post(path, {"locale": "en"})).json()["sms"]
    arabic = (await carriers.simulation.post(path, {"locale": "ar"})).json()["sms"]

    assert english["segments"] < arabic["segments"]
    for shown in (english, arabic):
        price = f"{0.05 * shown['segments']:.2f}"
        assert shown["prices"] == [{"country": "GB", "price": price, "currency": "EUR"}]
