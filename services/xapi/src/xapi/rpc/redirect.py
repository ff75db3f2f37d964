"""Plain HTTP's only answer, the same address by HTTPS; a client's request does nothing else."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

FOLLOWED, KEEPS_METHOD = 302, 308


def application(https_port: int) -> FastAPI:
    app = FastAPI(title="Warren", docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route("/{path:path}", methods=["GET", "HEAD", "POST", "PUT"])
    async def anything(path: str, request: Request) -> RedirectResponse:
        secure = request.url.replace(scheme="https", port=https_port)
        # Clients of actions follow no other code, but a 302 would turn a call into a GET.
        code = KEEPS_METHOD if request.method == "POST" else FOLLOWED
        return RedirectResponse(str(secure), code)

    return app
