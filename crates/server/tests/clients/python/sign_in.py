"""People signing in at the server's own pages, by msal and azure-identity, and Graph called with what comes of it."""

import asyncio
import threading

from azure.identity import AuthorizationCodeCredential, DeviceCodeCredential, InteractiveBrowserCredential

from authority import (
    CLIENT,
    HERE,
    PUBLIC_CLIENT,
    SCOPES,
    SECRET,
    TENANT,
    assert_alice,
    assert_credential_of_alice,
    confidential,
    public,
)
from browser import Browser
from checks import check, equal, person, run

REDIRECT = "http://localhost:53682/"


def signed_in(app, response_mode=None):
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT, response_mode=response_mode)
    return app.acquire_token_by_auth_code_flow(flow, Browser().visit(flow["auth_uri"]))


@check("msal: a code with PKCE")
def _():
    for mode in [None, "form_post"]:
        token = signed_in(public(), mode)
        assert_alice(token)
        equal(token["id_token_claims"]["preferred_username"], person("alice")["userPrincipalName"], "who it is")


@check("msal: a code with a secret")
def _():
    assert_alice(signed_in(confidential()))


@check("msal: a browser that the library opens")
def _():
    assert_alice(public().acquire_token_interactive(SCOPES, timeout=30))


@check("msal: silent renewal after signing in")
def _():
    app = public()
    first = signed_in(app)
    fresh = app.acquire_token_silent_with_error(SCOPES, app.get_accounts()[0], force_refresh=True)
    assert fresh["access_token"] != first["access_token"]
    assert_alice(fresh)


@check("msal: a device code, first waiting and then signed in")
def _():
    app = public()
    flow = app.initiate_device_flow(SCOPES)
    waiting = app.acquire_token_by_device_flow(flow, exit_condition=lambda flow: True)
    equal(waiting["error"], "authorization_pending", "the error")
    Browser().visit(f"{flow['verification_uri']}?user_code={flow['user_code']}")
    assert_alice(app.acquire_token_by_device_flow(flow))


@check("azure-identity: InteractiveBrowserCredential")
async def _():
    credential = InteractiveBrowserCredential(tenant_id=TENANT, client_id=PUBLIC_CLIENT, timeout=30, **HERE)
    await assert_credential_of_alice(credential)


@check("azure-identity: AuthorizationCodeCredential")
async def _():
    page = confidential().get_authorization_request_url(["Files.ReadWrite.All"], redirect_uri=REDIRECT)
    told = await asyncio.to_thread(Browser().visit, page)
    await assert_credential_of_alice(
        AuthorizationCodeCredential(TENANT, CLIENT, told["code"], REDIRECT, client_secret=SECRET, **HERE)
    )


@check("azure-identity: DeviceCodeCredential")
async def _():
    def prompt(uri, code, _expires):
        threading.Thread(target=Browser().visit, args=(f"{uri}?user_code={code}",), daemon=True).start()

    credential = DeviceCodeCredential(PUBLIC_CLIENT, tenant_id=TENANT, prompt_callback=prompt, timeout=60, **HERE)
    await assert_credential_of_alice(credential)


run()
