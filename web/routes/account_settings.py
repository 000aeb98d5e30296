"""What somebody who is signed in can see and change about their account; part of `account`."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from care.account import CONSENTS, device_words
from db import account, codes, consents, devices, passphrase
from web import forms
from web.callers import caller, signed_in
from web.errors import NotFound
from web.guards import member
from web.render import go, page
from web.troubles import TROUBLE, WRONG_PASSPHRASE, answering

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@get("/account/devices")
async def device_list(request: Ask) -> Answer:
    found = await devices.seen_by(member(request))
    return page(request, "account/devices.html", devices=found, words=device_words)


@post("/account/devices/out", status_code=200)
async def sign_out_others(request: Ask) -> Answer:
    await devices.sign_out_others(member(request))
    return go(request, "/account/devices")


@post("/account/devices/{device:str}/out", status_code=200)
async def sign_out(request: Ask, device: FromPath[str]) -> Answer:
    who = member(request)
    try:
        found = await devices.sign_out(who, UUID(device))
    except ValueError:  # no id of ours
        found = False
    if not found:
        raise NotFound()
    return go(request, "/account/devices")


@get("/account/passphrase")
async def passphrase_form(request: Ask) -> Answer:
    member(request)
    return page(request, "account/passphrase.html", words=passphrase.suggest())


@post("/account/passphrase", status_code=200)
async def change_passphrase(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        token = await account.change(who, form.text("current"), form.text("passphrase"), caller(request))
    except TROUBLE as trouble:
        answer = answering(trouble, WRONG_PASSPHRASE)
        words = passphrase.suggest(form.text("words"))
        return page(request, "account/passphrase.html", words=words, **answer)
    return signed_in(go(request, "/account/devices"), token)


@get("/account/codes")
async def code_list(request: Ask) -> Answer:
    return await _codes_page(request)


@post("/account/codes", status_code=200)
async def new_codes(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await account.confirm(who, form.text("passphrase"))
    except TROUBLE as trouble:
        return await _codes_page(request, **answering(trouble, WRONG_PASSPHRASE))
    await codes.renew(who.person)
    return go(request, "/account/codes")


@post("/account/codes/kept", status_code=200)
async def codes_kept(request: Ask) -> Answer:
    await codes.hide(member(request).person)
    return go(request, "/")


@get("/account/codes.txt")
async def codes_file(request: Ask) -> Answer:
    """A file that says nothing by its name: other people may look through the same phone."""
    shown = await codes.shown(member(request).person)
    if not shown:
        raise NotFound()
    headers = {"Content-Disposition": 'attachment; filename="notes.txt"', "Cache-Control": "no-store"}
    return Response("\n".join([*shown, ""]).encode(), media_type="text/plain; charset=utf-8", headers=headers)


@get("/account/consents")
async def consent_list(request: Ask) -> Answer:
    standing = await consents.of(member(request).person)
    return page(request, "account/consents.html", standing=standing, meanings=CONSENTS)


@post("/account/consents", status_code=200)
async def choose_consents(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await consents.choose(who.person, [kind for kind in CONSENTS if form.has(f"consent_{kind}")])
    return go(request, "/account/consents")


@get("/account/delete")
async def delete_form(request: Ask) -> Answer:
    member(request)
    return page(request, "account/delete.html")


@post("/account/delete", status_code=200)
async def delete(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await account.go(who, form.text("passphrase"))
    except TROUBLE as trouble:
        return page(request, "account/delete.html", **answering(trouble, WRONG_PASSPHRASE))
    return go(request, "/account/delete")


@post("/account/stay", status_code=200)
async def stay(request: Ask) -> Answer:
    await account.stay(member(request))
    return go(request, "/account")


async def _codes_page(request: Ask, **more: Any) -> Answer:
    who = member(request)
    shown, left = await codes.shown(who.person), await codes.left(who.person)
    return page(request, "account/codes.html", codes=shown, left=left, **more)


handlers = [
    device_list,
    sign_out_others,
    sign_out,
    passphrase_form,
    change_passphrase,
    code_list,
    new_codes,
    codes_kept,
    codes_file,
    consent_list,
    choose_consents,
    delete_form,
    delete,
    stay,
]
