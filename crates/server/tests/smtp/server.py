"""An SMTP server on loopback that keeps what it takes, one JSON file a mail, and refuses what its settings say.

    server.py FOLDER PORT [starttls|tls CERTIFICATE KEY USER PASSWORD]

With a certificate it insists on STARTTLS, or on TLS from the first byte, and on that user's password. It prints its port when it listens. Somebody whose
address begins with `never` is refused for good, with `later` for now.
"""

import asyncio
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Keeper:
    def __init__(self, folder):
        self.folder = folder
        self.number = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("never"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        user = session.auth_data.login.decode() if session.auth_data else None
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": user,
            "content": envelope.content.decode("ascii"),
        }
        unfinished = self.folder / "unfinished"
        unfinished.write_text(json.dumps(mail))
        unfinished.rename(self.folder / f"{self.number:04}.json")
        return "250 kept"


def main():
    folder, port, *secure = sys.argv[1:]
    options = {}
    from_start = None
    if secure:
        mode, certificate, key, user, password = secure
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

        def authenticate(server, session, envelope, mechanism, data):
            good = data.login.decode() == user and data.password.decode() == password
            # What isn't handled here is answered by the library.
            return AuthResult(success=good, handled=False, auth_data=data)

        options = {"authenticator": authenticate, "auth_required": True}
        if mode == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        else:
            options |= {"auth_require_tls": False}
            from_start = context
    keeper = Keeper(pathlib.Path(folder))

    async def serve():
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(
            lambda: SMTP(keeper, hostname="mail.test", loop=loop, **options), "127.0.0.1", int(port), ssl=from_start
        )
        print(listener.sockets[0].getsockname()[1], flush=True)
        await listener.serve_forever()

    asyncio.run(serve())


main()
