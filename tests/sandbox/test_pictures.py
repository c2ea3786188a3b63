"""Pictures: real JPEGs of the right size for every scene, only where an estate lists them."""

import io

import pytest
import requests
from PIL import Image

from portal.sandbox.pictures import scenes
from portal.sandbox.pictures.canvas import Canvas, darker, lighter, mix
from portal.sandbox.pictures.palettes import PALETTES
from portal.sandbox.ts_immo.kinds import KINDS


def opened(content):
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.fixture
def address(stock):
    estate = next(estate for estate in stock.account("martin").estates if estate.mould.images == 3)
    return f"{stock.url}/pictures/martin/{estate.id}"


def get(url, **options):
    return requests.get(url, timeout=10, **options)


def test_a_picture_needs_no_key_and_may_be_cached(address):
    answer = get(f"{address}/1.jpg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "max-age" in answer.headers["Cache-Control"]
    picture = opened(answer.content)
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (800, 533), "RGB")


@pytest.mark.parametrize(("width", "height"), [(400, 266), (800, 533), (40, 27), (1600, 1066), (123, 82)])
def test_other_widths(address, width, height):
    assert opened(get(f"{address}/2.jpg", params={"w": width}).content).size == (width, height)


@pytest.mark.parametrize("width", ["0", "39", "1601", "99999999999", "-400", "4e2", "", "٤٠٠", "400px"])
def test_bad_widths_are_400(address, width):
    assert get(f"{address}/1.jpg", params={"w": width}).status_code == 400


@pytest.mark.parametrize(
    "name", ["0.jpg", "4.jpg", "01.jpg", "1.png", "1.jpg.php", "x.jpg", "999.jpg", "%2e%2e", "1.JPG"]
)
def test_what_the_estate_does_not_list_is_404(address, name):
    assert get(f"{address}/{name}").status_code == 404


def test_estates_of_others_and_unknown_accounts_are_404(stock, address):
    assert get(address.replace("martin", "riviera") + "/1.jpg").status_code == 404
    assert get(address.replace("martin", "nobody") + "/1.jpg").status_code == 404
    assert get(f"{stock.url}/pictures/martin/x/1.jpg").status_code == 404
    assert get(f"{stock.url}/pictures/").status_code == 404
    assert requests.post(f"{address}/1.jpg", timeout=10).status_code == 405


def test_pictures_are_not_in_the_log(stock, address):
    before = len(stock.received)
    get(f"{address}/1.jpg")
    assert len(stock.received) == before


def test_the_images_of_an_estate_can_be_fetched(stock, caller):
    for estate in caller(stock).get("/estates", params={"limit": 5}).json()["data"]:
        for image in estate["images"][:2]:
            assert get(image if isinstance(image, str) else image["url"]).status_code == 200


@pytest.mark.parametrize("front", scenes.FRONTS)
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 12])
def test_every_scene_draws_something_to_look_at(front, number):
    picture = opened(scenes.draw(front, "estate", number, 400))
    colours = picture.quantize(32).getcolors()
    assert len(colours) > 12
    assert max(count for count, _ in colours) < 400 * 266 * 0.7


def test_every_kind_of_estate_has_a_scene():
    assert {kind.scene for kind in KINDS} == set(scenes.FRONTS)


def test_the_same_picture_is_the_same_bytes_and_others_differ():
    drawn = scenes.draw("villa", "a", 1, 400)
    scenes.draw.cache_clear()
    assert scenes.draw("villa", "a", 1, 400) == drawn
    assert len({scenes.draw("villa", identity, 1, 400) for identity in "abcdef"}) == 6


def test_a_series_shows_the_front_then_rooms_then_the_outlook():
    names = [scenes.scene("villa", "a", number).__name__ for number in range(1, 8)]
    assert names == ["villa", "living", "kitchen", "bedroom", "bathroom", "sea_view", "living"]
    assert {scenes.scene("land", "a", number).__name__ for number in range(1, 5)} == {"land"}
    fronts = {scenes.scene("flats", identity, 1).__name__ for identity in "abcdefgh"}
    assert fronts == {"flats", "residence"}


def test_few_pictures_are_kept():
    for number in range(1, 4):
        scenes.draw("land", "kept", number, 40)
    assert scenes.draw.cache_info().maxsize == scenes.PICTURES_KEPT


def test_colours():
    assert mix((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)
    assert lighter((0, 0, 0), 1) == (255, 255, 255)
    assert sum(darker((200, 200, 200))) < 600
    assert len(PALETTES) == 5


def test_a_fade_goes_from_one_colour_to_the_other():
    canvas = Canvas((0, 0, 0))
    canvas.fade(0, 533, (255, 0, 0), (0, 0, 255))
    picture = opened(canvas.jpeg(800))
    top, bottom = picture.getpixel((400, 4)), picture.getpixel((400, 528))
    assert top[0] > 200 > 50 > top[2]
    assert bottom[2] > 200 > 50 > bottom[0]
