"""The list of migrations. A later version only appends; what was released is never edited."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from looop_gui.store.migrations import (
    m0001_configuration,
    m0002_jobs,
    m0003_log_facets,
    m0004_unsure,
    m0005_monitoring,
    m0007_guards,
    m0009_settings_drafts,
    m0010_before_images,
    m0011_leaving_and_drift,
    m0012_certificates,
    m0014_log_orders,
    m0016_version_settings,
    m0017_images_ahead,
    m0018_appended_blocks,
    m0019_packed_images,
)

if TYPE_CHECKING:
    import sqlite_utils


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number and what it does inside the one transaction."""

    number: int
    name: str
    apply: Callable[["sqlite_utils.Database"], None]


MIGRATIONS = (
    Migration(1, "configuration", m0001_configuration.apply),
    Migration(2, "jobs", m0002_jobs.apply),
    Migration(3, "log facets", m0003_log_facets.apply),
    Migration(4, "unsure", m0004_unsure.apply),
    Migration(5, "monitoring", m0005_monitoring.apply),
    Migration(7, "guards", m0007_guards.apply),
    Migration(9, "settings drafts", m0009_settings_drafts.apply),
    Migration(10, "before-images", m0010_before_images.apply),
    Migration(11, "leaving and drift", m0011_leaving_and_drift.apply),
    Migration(12, "certificates", m0012_certificates.apply),
    Migration(14, "log orders", m0014_log_orders.apply),
    Migration(16, "version settings", m0016_version_settings.apply),
    Migration(17, "images ahead", m0017_images_ahead.apply),
    Migration(18, "appended blocks", m0018_appended_blocks.apply),
    Migration(19, "packed images", m0019_packed_images.apply),
)

LATEST = MIGRATIONS[-1].number
