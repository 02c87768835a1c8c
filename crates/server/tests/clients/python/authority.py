"""The applications of msal and the credentials of azure-identity, pointed at the demo as docs/clients.md shows."""

import os
from urllib.parse import urlsplit

import msal
import requests

from checks import READY, equal, person
from graph import with_credential

TENANT = READY["tenant"]["id"]
AUTHORITY = f"{READY['baseUrl']}/{TENANT}"
CLIENT, SECRET = (READY["applications"][0][name] for name in ["clientId", "clientSecret"])
PUBLIC_CLIENT = os.environ["PUBLIC_CLIENT_ID"]
SCOPES = ["Files.ReadWrite.All", "User.Read"]
HOST_DEFAULT = f"https://{urlsplit(READY['baseUrl']).hostname}/.default"

# What azure-identity's credentials are given besides.
HERE = {"authority": READY["baseUrl"], "disable_instance_discovery": True}


def public(**options):
    return msal.PublicClientApplication(PUBLIC_CLIENT, authority=AUTHORITY, instance_discovery=False, **options)


def confidential(secret=SECRET):
    return msal.ConfidentialClientApplication(
        CLIENT, client_credential=secret, authority=AUTHORITY, instance_discovery=False
    )


class AtOurPort(requests.Session):
    """msal leaves the port out where it asks, before a name and password, what kind of account it is."""

    def get(self, url, **options):  # pylint: disable=arguments-differ
        return super().get(url.replace("https://localhost/", f"{READY['baseUrl']}/"), **options)


def call(token, path):
    """What Graph answers to a token that msal has brought."""
    assert "access_token" in token, token
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    answer = requests.get(f"{READY['baseUrl']}/v1.0{path}", headers=bearer, timeout=30)
    equal(answer.status_code, 200, path)
    return answer.json()


def assert_alice(token):
    equal(call(token, "/me/drive")["id"], person("alice")["driveId"], "the drive")


async def assert_credential_of_alice(credential):
    equal((await with_credential(credential).me.drive.get()).id, person("alice")["driveId"], "the drive")
