"""A model of the publisher's monthly release at any scale, in the publisher's own form.

Its structure (regions, integrated care boards, sub-ICB locations, clinical commissioning groups, primary care trusts,
networks, trusts) has the codes and periods of the curated graph; everything else is made up, in the proportions that
the release of 28 August 2026 has: 392,906 records, 834 MB of XML. The same scale gives the same bytes.

Source of the form: HSCOrgRefData v2-0-0 as the publisher's synchroniser writes it; of the proportions: design notes on
the release, and the counts that the `ods` project prints of it.
"""

from __future__ import annotations

from benchmarks.release.packing import write
from benchmarks.release.plan import Counts, expected

__all__ = ["Counts", "expected", "write"]
