"""Every page in every state, by address."""

import hashlib

from .world import ATTACHED, HOME

ATTACHMENT = f"{HOME}bilag/{hashlib.sha256(ATTACHED).hexdigest()}/om/"
COMMITMENT = "/proeve/opfoelgning/2018-06-18/"
PRODUCT = "/proeve/produkt/boligsocial-indsats/"
PAGES = (
    "/proeve/",
    "/proeve/udvalg/",
    "/proeve/udvalg/kommunalbestyrelsen/",
    "/proeve/udvalg/kommunalbestyrelsen/2017/",
    "/proeve/udvalg/stille-udvalg/",
    "/proeve/udvalg/kommunalbestyrelsen/tal/",
    "/proeve/tal/",
    "/proeve/tal/2017/",
    "/proeve/moeder/",
    "/proeve/moeder/?side=2",
    "/proeve/beslutninger/",
    HOME,
    f"{HOME}punkt/1/",
    f"{HOME}punkt/2/",
    f"{HOME}punkt/3/",
    ATTACHMENT,
    "/proeve/beslutning/2018-04-09-opgaveudvalget-trygge-boligomraader/1/",
    "/proeve/beslutning/2018-04-09-opgaveudvalget-trygge-boligomraader/2/",
    "/proeve/beslutning/2018-06-18-kommunalbestyrelsen/3/",
    "/proeve/sag/prv-2018-00105/",
    "/proeve/sager/",
    "/proeve/opfoelgning/",
    COMMITMENT,
    "/proeve/produkter/",
    PRODUCT,
    f"{PRODUCT}v0.3/",
    f"{PRODUCT}v0.4/siden/v0.3/",
    "/proeve/udvalg/opgaveudvalget-trygge-boligomraader/",
    "/proeve/foelg/",
    "/proeve/tilgaengelighed/",
    "/tilgaengelighed/",
    "/proeve/moede/2018-05-15-opgaveudvalget-trygge-boligomraader/",
    "/proeve/moede/2018-06-18-kommunalbestyrelsen/",
    "/proeve/moede/2016-01-04-stille-udvalg/",
    "/proeve/moede/2016-01-04-stille-udvalg/referat/udgave/1/",
    "/proeve/soeg/",
    "/proeve/soeg/?q=ensomhed",
    "/proeve/soeg/?q=ensomhed&side=2&slags=decision",
    "/proeve/soeg/?q=findesikke",
    "/soeg/?q=ensomhed",
    "/om/",
    "/proeve/om/",
)
ENGLISH = tuple(
    f"/en{address}"
    for address in (
        "/proeve/",
        "/proeve/udvalg/kommunalbestyrelsen/2017/",
        "/proeve/tal/2017/",
        HOME,
        f"{HOME}punkt/2/",
        ATTACHMENT,
        COMMITMENT,
        PRODUCT,
        f"{PRODUCT}v0.4/siden/v0.3/",
        "/proeve/beslutning/2018-06-18-kommunalbestyrelsen/3/",
        "/proeve/soeg/?q=ensomhed",
        "/om/",
    )
)
DOCUMENTS = (f"{HOME}referat.html", f"{HOME}dagsorden.html")
