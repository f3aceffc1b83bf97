"""What is the app?  `build` puts it together: the gateway, the resources, the documentation."""

from __future__ import annotations

import pkgutil
import sys
from functools import partial
from importlib import import_module
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Security
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from pqltools import __version__
from pqltools.api import errors, resources
from pqltools.api.answers import BASE
from pqltools.api.describing import described
from pqltools.api.gateway import Gateway
from pqltools.api.headers import BEARER
from pqltools.api.job_metrics import JobMetrics
from pqltools.api.models import STRICT
from pqltools.api.observing import Observer
from pqltools.api.options import ApiOptions
from pqltools.api.paging import BlankParameters, given_once
from pqltools.api.sent import members_once
from pqltools.segmentation.service import Service

_ABOUT = """The Segmentation Service of Adobe Experience Platform, for development and tests on one's own machine.

Every request needs the headers of the platform; their values are free, unless `pql serve` was told otherwise."""


def build(service: Service, options: ApiOptions = ApiOptions()) -> FastAPI:  # noqa: B008 - immutable
    """The app over a service, which stays the caller's to close."""
    app = FastAPI(
        title="Segmentation Service (local)",
        version=__version__,
        description=_ABOUT,
        redirect_slashes=False,
        # Pages of documentation would fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.service = service
    app.state.options = options
    app.state.observer = Observer()
    JobMetrics(service, app.state.observer.registry)

    async def strict() -> None:
        STRICT.set(service.options.strict)

    guards: list[Any] = [Security(BEARER), Depends(strict), Depends(given_once), Depends(members_once)]
    app.state.addresses = addresses = []
    for router, base in _routers():
        for route in router.routes:
            if isinstance(route, APIRoute):
                addresses.append((compile_path(f"{base or ''}{route.path}")[0], route.methods))
        if base is None:
            app.include_router(router)
        else:
            app.include_router(router, prefix=base, dependencies=guards, responses=errors.EVERYWHERE)
    app.openapi = partial(described, app)  # type: ignore[method-assign]
    errors.install(app)
    app.add_middleware(BlankParameters)
    app.add_middleware(Gateway, options=options, observer=app.state.observer)
    return app


def _routers() -> list[tuple[APIRouter, str | None]]:
    """The routers of all modules of `resources`, and what they are below; None where the headers are not needed."""
    found = []
    for module in sorted(pkgutil.iter_modules(resources.__path__), key=lambda module: module.name):
        loaded = import_module(f"{resources.__name__}.{module.name}")
        found.append((loaded.router, getattr(loaded, "BELOW", BASE)))
    return found


def prepare_threads() -> None:
    """To be called before the first thread starts.

    Reading and checking expressions recurse some frames a level. Threads that compute let the one that talks to the
    clients have the interpreter sooner than after the usual 5 ms.
    """
    import threading

    threading.stack_size(64 * 2**20)
    sys.setswitchinterval(0.0005)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5_000))
