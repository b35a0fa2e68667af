"""NHS England's own client, one handshake a line: reads jobs from stdin as JSON, writes what came of each."""

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
            timeout=5,
        ) as client:
            client.handshake()
        return "success"
    except Exception as error:  # whatever it says is the answer
        return " ".join(f"{type(error).__name__}: {error}".split())


for line in sys.stdin:
    print(json.dumps({"said": handshake(json.loads(line))}), flush=True)
