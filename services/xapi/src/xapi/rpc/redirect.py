"""What plain HTTP answers: the same address by HTTPS. Nothing that a client sends is taken in."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

FOLLOWED, KEEPS_METHOD = 302, 308


def application(https_port: int) -> FastAPI:
    app = FastAPI(title="Warren", docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route("/{path:path}", methods=["GET", "HEAD", "POST", "PUT"])
    async def anything(path: str, request: Request) -> RedirectResponse:
        secure = request.url.replace(scheme="https", port=https_port)
        # Clients of actions follow no other code, and of calls a 302 would make a GET.
        code = KEEPS_METHOD if request.method == "POST" else FOLLOWED
        return RedirectResponse(str(secure), code)

    return app
