import pytest
from django.urls import reverse

@pytest.mark.parametrize("q", ["", "?view=table", "?view=map&city=lyon", "?query=lyon&min_price=x&orderby=price&order=ASC"])
def test_pages(agency, browser, add_estate, q):
    for i in range(30):
        add_estate(agency, city="Lyon", latitude=45.1+i/100, longitude=4.2, price=1000*i, images=["https://x.example/a.jpg"])
    r = browser(agency).get(reverse("catalogue:search", args=[agency.slug])+q)
    assert r.status_code == 200
    assert "estates" in r.text
    r = browser(agency).get(reverse("catalogue:search", args=[agency.slug])+q, headers={"HX-Request":"true"})
    assert r.status_code == 200

def test_detail(agency, browser, add_estate):
    e = add_estate(agency, payload='{"id":"x","description":"Hé<br>ho","energy":{"dpe":"c"}}', latitude=45.1, longitude=4.2, price=1000)
    r = browser(agency).get(reverse("catalogue:detail", args=[agency.slug, e.pk]))
    assert "energy-dpe-c" in r.text
    for n in ("rejected",):
        assert browser(agency).get(reverse("catalogue:"+n, args=[agency.slug])).status_code == 200
    assert browser(agency).get(reverse("catalogue:export", args=[agency.slug,"xlsx"])).status_code == 200
    r= browser(agency).get(reverse("catalogue:export", args=[agency.slug,"csv"]))
    print(b"".join(r.streaming_content).decode())
