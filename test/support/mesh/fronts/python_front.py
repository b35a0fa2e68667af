"""Python's ssl module in front of the sandbox, byte for byte: python3 python_front.py SETTINGS"""

import asyncio
import json
import ssl
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    settings = json.load(file)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
if settings.get("lax"):
    context.set_ciphers("DEFAULT@SECLEVEL=0")
context.load_cert_chain(settings["certificate"], settings["key"])
context.minimum_version = context.maximum_version = {
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}[settings["version"]]
if settings["demands"] == "certificate":
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(settings["clientCa"])
if "revoked" in settings:
    context.load_verify_locations(settings["revoked"])
    context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN


async def relay(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", settings["upstreamPort"])
    await asyncio.gather(relay(reader, onward_writer), relay(onward_reader, writer))


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", settings["port"], ssl=context)
    await server.serve_forever()


asyncio.run(main())
