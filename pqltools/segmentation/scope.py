"""Whose is it?  `Scope`: an organisation and one of its sandboxes, which never see anything of any other."""

from __future__ import annotations

import uuid
from typing import Any

from pqltools.records import Record, record

#: The sandbox that every organisation has from the beginning.
PRODUCTION = "prod"
_SANDBOXES = uuid.UUID("6f1c1a6e-6a0b-5a7c-9d47-0f5e2f0f7a11")


@record
class Scope(Record):
    """An organisation, such as ``ACME@AdobeOrg``, and the name of a sandbox."""

    org: str
    sandbox: str = PRODUCTION

    def members(self) -> dict[str, Any]:
        """`imsOrgId` and `sandbox`, as every object of the service carries them."""
        is_production = self.sandbox == PRODUCTION
        return {
            "imsOrgId": self.org,
            "sandbox": {
                # The same in every run, without a list of sandboxes to keep.
                "sandboxId": str(uuid.uuid5(_SANDBOXES, f"{self.org}\n{self.sandbox}")),
                "sandboxName": self.sandbox,
                "type": "production" if is_production else "development",
                "default": is_production,
            },
        }
