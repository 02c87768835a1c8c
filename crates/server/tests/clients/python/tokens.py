"""Tokens without a browser, by msal and azure-identity, and Graph called with them."""

import msal
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from authority import (
    AUTHORITY,
    CLIENT,
    HERE,
    HOST_DEFAULT,
    SCOPES,
    SECRET,
    TENANT,
    AtOurPort,
    assert_alice,
    call,
    confidential,
    public,
)
from checks import check, equal, person, refusal, run
from graph import with_credential

BOBS = person("bob")["driveId"]


@check("msal: client credentials, for Graph's .default and for the host's")
def _():
    for scope in ["https://graph.microsoft.com/.default", HOST_DEFAULT]:
        app = confidential()
        equal(call(app.acquire_token_for_client([scope]), f"/drives/{BOBS}")["id"], BOBS, "the drive")
        equal(app.acquire_token_for_client([scope])["token_source"], "cache", "where the second token is from")


@check("msal: client credentials with a wrong secret")
def _():
    equal(confidential("wrong").acquire_token_for_client([HOST_DEFAULT])["error"], "invalid_client", "the error")


@check("msal: an authority given as OpenID Connect's")
def _():
    app = msal.ConfidentialClientApplication(CLIENT, client_credential=SECRET, oidc_authority=f"{AUTHORITY}/v2.0")
    equal(call(app.acquire_token_for_client([HOST_DEFAULT]), f"/drives/{BOBS}")["id"], BOBS, "the drive")


def with_password(app, password=None):
    alice = person("alice")
    return app.acquire_token_by_username_password(alice["userPrincipalName"], password or alice["password"], SCOPES)


@check("msal: name and password")
def _():
    app = public(http_client=AtOurPort())
    assert_alice(with_password(app))
    equal(with_password(app, "wrong")["error"], "invalid_grant", "the error")


@check("msal: silent renewal, from the cache and with the refresh token")
def _():
    app = public(http_client=AtOurPort())
    first = with_password(app)
    (account,) = app.get_accounts()
    equal(account["username"], person("alice")["userPrincipalName"], "the account")
    cached = app.acquire_token_silent_with_error(SCOPES, account)
    equal(cached["access_token"], first["access_token"], "the token")
    fresh = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    assert fresh["access_token"] != first["access_token"]
    assert_alice(fresh)


@check("msal: silent renewal by another application object with the same cache")
def _():
    cache, copy = msal.SerializableTokenCache(), msal.SerializableTokenCache()
    with_password(public(token_cache=cache, http_client=AtOurPort()))
    copy.deserialize(cache.serialize())
    app = public(token_cache=copy)
    assert_alice(app.acquire_token_silent(SCOPES, app.get_accounts()[0], force_refresh=True))


@check("azure-identity: ClientSecretCredential")
async def _():
    graph = with_credential(ClientSecretCredential(TENANT, CLIENT, SECRET, **HERE))
    equal((await graph.drives.by_drive_id(BOBS).get()).id, BOBS, "the drive")
    graph = with_credential(ClientSecretCredential(TENANT, CLIENT, "wrong", **HERE))
    await refusal(graph.drives.by_drive_id(BOBS).get(), ClientAuthenticationError)


run()
