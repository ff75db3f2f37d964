"""What plain HTTP answers: the same address by HTTPS. Nothing that a client sends is taken in."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

KEEPS_METHOD = 308


def application(https_port: int) -> FastAPI:
    app = FastAPI(title="Warren", docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route("/{path:path}", methods=["GET", "HEAD", "POST"])
    async def anything(path: str, request: Request) -> RedirectResponse:
        secure = request.url.replace(scheme="https", port=https_port)
        return RedirectResponse(str(secure), KEEPS_METHOD)

    return app
