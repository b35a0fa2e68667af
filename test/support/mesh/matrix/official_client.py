"""NHS England's own client: reads one job per line from stdin as JSON, and writes the outcome of each handshake."""

import json
import sys

from mesh_client import MeshClient


def handshake(job: dict) -> str:
    try:
        with MeshClient(
            job["url"],
            "X26ABC1",
            job["password"],
            shared_key=b"TestKey",
            cert=(job["certificate"], job["key"]) if "certificate" in job else None,
            verify=job["bundle"] if job["verify"] else False,
            max_retries=0,
            timeout=30,
        ) as client:
            client.handshake()
        return "success"
    except Exception as error:  # whatever it raises is the outcome
        return " ".join(f"{type(error).__name__}: {error}".split())


for line in sys.stdin:
    print(json.dumps({"said": handshake(json.loads(line))}), flush=True)
