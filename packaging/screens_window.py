"""The scenes of the window's own pages."""

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget

from looop_gui.model.job import CyclePhase, CycleProgress
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.store.outbox import NewMail, Told, tell
from scene import SMALLEST_SIZE, Scene, Stage

ID = "demo"


async def gallery(stage: Stage) -> QWidget:
    """Nothing is there yet."""
    await stage.settle()
    return stage.window


async def palette(stage: Stage) -> QWidget:
    """The command palette with some letters typed."""
    await synced(stage, "overview")
    stage.window.open_palette()
    stage.window.palette_of_commands.field.setText("pro")
    await stage.settle()
    return stage.window


async def help_dock(stage: Stage) -> QWidget:
    """The help beside the overview."""
    await synced(stage, "overview")
    stage.window.show_help()
    await stage.settle()
    return stage.window


async def empty(stage: Stage, page: str) -> QWidget:
    """A connection that has not run."""
    await stage.demo_connection(connection_id=ID)
    await stage.show(ID, page)
    return stage.window


async def synced(stage: Stage, page: str) -> QWidget:
    """A connection after an initial and an incremental cycle."""
    await stage.demo_connection(connection_id=ID)
    await stage.services.provisioning.run_cycle(ID)

    def change(editor: object) -> str:
        from looop_gui.sources.typical_day import typical_day

        return " ".join(typical_day(editor, 7))  # type: ignore[arg-type]

    await stage.services.directory.edit(ID, change)
    await stage.services.provisioning.run_cycle(ID)
    await stage.show(ID, page)
    return stage.window


async def busy(stage: Stage, page: str) -> QWidget:
    """A cycle in the middle of its work."""
    await stage.demo_connection(connection_id=ID, users=3000)
    await stage.services.tenants.set_fault(ID, "latency=40ms")
    await stage.show(ID, page)
    told: list[CycleProgress] = []
    stage.window.desk.bridge.cycle_progressed.connect(lambda event: told.append(event.progress))
    await stage.services.provisioning.start_cycle(ID)
    await stage.until(
        lambda: any(one.phase is CyclePhase.EXPORT and one.done > 600 for one in told), 60
    )
    return stage.window


async def refused(stage: Stage, page: str) -> QWidget:
    """The token was reset in the tenant: the connection does not work any more."""
    await synced(stage, page)
    await stage.services.tenants.reset_token(ID)
    await stage.services.provisioning.run_cycle(ID)
    await stage.show(ID, "settings")
    await stage.show(ID, page)
    return stage.window


async def failing(stage: Stage, page: str) -> QWidget:
    """The tenant answers 500 now and then: some people failed."""
    await stage.demo_connection(connection_id=ID)
    await stage.services.tenants.set_fault(ID, "disk-full=90")
    await stage.services.provisioning.run_cycle(ID)
    await stage.show(ID, page)
    return stage.window


def of(page: str, arrange: object) -> object:
    """A scene's coroutine for one page."""

    async def scene(stage: Stage) -> QWidget:
        return await arrange(stage, page)  # type: ignore[operator, no-any-return]

    return scene


async def log_entry(stage: Stage) -> QWidget:
    """An entry of the log with its details."""
    await synced(stage, "provisioning_log")
    view = stage.window.page.view  # type: ignore[union-attr]
    view.filters.toggle_status(ProvisioningStatus.SUCCESS)
    await stage.settle()
    view.table.selectRow(2)
    await stage.settle()
    view.inspector.tabs.setCurrentIndex(1)
    return stage.window


async def log_http(stage: Stage) -> QWidget:
    """The HTTP exchange of an entry."""
    await log_entry(stage)
    tabs = stage.window.page.view.inspector.tabs  # type: ignore[union-attr]
    tabs.setCurrentWidget(tabs.http)
    await stage.settle()
    return stage.window


async def person(stage: Stage) -> QWidget:
    """A person of the source with the details beside the list."""
    await synced(stage, "directory")
    stage.window.page.table.selectRow(4)  # type: ignore[union-attr]
    await stage.settle()
    return stage.window


async def tenant_tab(stage: Stage, tab: int) -> QWidget:
    """A tab of the tenant's console."""
    await synced(stage, "tenant")
    stage.window.page.tabs.setCurrentIndex(tab)  # type: ignore[union-attr]
    await stage.settle(0.8)
    return stage.window


async def tenant_users(stage: Stage) -> QWidget:
    """A user that has arrived."""
    await tenant_tab(stage, 1)
    stage.window.page.users.table.selectRow(3)  # type: ignore[union-attr]
    await stage.settle()
    return stage.window


async def tenant_token(stage: Stage) -> QWidget:
    """A new token, shown once."""
    await synced(stage, "tenant")
    stage.window.page.integration.reset_button.click()  # type: ignore[union-attr]
    await stage.settle(0.8)
    return stage.window


async def tenant_switches(stage: Stage) -> QWidget:
    """Faults and quirks."""
    return await tenant_tab(stage, 3)


async def demand(stage: Stage) -> QWidget:
    """Provision on demand, tried without writing."""
    await empty(stage, "on_demand")
    page = stage.window.page
    page.found.setCurrentRow(5)  # type: ignore[union-attr]
    await stage.settle()
    page.try_button.click()  # type: ignore[union-attr]
    await stage.until(lambda: page.entry is not None)  # type: ignore[union-attr]
    await stage.settle()
    return stage.window


async def settings_guards(stage: Stage) -> QWidget:
    """The guards in the settings."""
    await empty(stage, "settings")
    page = stage.window.page
    page.guards.limit("limit_renames").setValue(25)  # type: ignore[union-attr]
    page.credentials.shown.emit(page.guards)  # type: ignore[union-attr]
    await stage.settle(0.5)
    return stage.window


async def settings_mail(stage: Stage) -> QWidget:
    """A mail that could not be sent, below the mail server."""
    await empty(stage, "settings")
    page = stage.window.page
    mail = NewMail(ID, "it@example.org", "Contoso: provisioning is in quarantine", "")
    now = datetime.now(UTC)
    await stage.services.worker.run(tell, ID, Told(), Told("x", ""), [mail], now)
    fields = page.mail.fields  # type: ignore[union-attr]
    fields.host.setText("127.0.0.1")
    fields.security.setCurrentIndex(2)
    fields.port.setValue(9)
    fields.sender_address.setText("looop@example.org")
    page.mail.save_button.click()  # type: ignore[union-attr]
    await stage.until(page.mail.outbox.reason.text)  # type: ignore[union-attr]
    page.credentials.shown.emit(page.mail.outbox)  # type: ignore[union-attr]
    await stage.settle(0.5)
    return stage.window


async def settings_test(stage: Stage) -> QWidget:
    """Test Connection in the settings."""
    await empty(stage, "settings")
    page = stage.window.page
    page.credentials.test_button.click()  # type: ignore[union-attr]
    await stage.settle(2.0)
    return stage.window


async def two_connections(stage: Stage) -> QWidget:
    """A production connection beside the demo."""
    await stage.demo_connection("Contoso Looop", production=True, colour="danger", users=50)
    return await synced(stage, "overview")


async def about(stage: Stage) -> QWidget:
    """The About dialog."""
    from looop_gui.ui.about.dialog import AboutDialog

    dialog = AboutDialog(stage.running.theme, stage.data_folder, stage.window)
    dialog.open()
    await stage.settle()
    return dialog


def _small(scene: Scene, name: str) -> Scene:
    return replace(scene, name=name, size=SMALLEST_SIZE)


def _scene(name: str, arrange: object) -> Scene:
    return Scene(name, arrange)  # type: ignore[arg-type]


_OVERVIEW = _scene("31-overview-typical", of("overview", synced))
_LOG = _scene("51-log-typical", of("provisioning_log", synced))
_SETTINGS = _scene("70-settings-typical", of("settings", empty))
SCENES: list[Scene] = [
    _scene("01-gallery-empty", gallery),
    _scene("02-about", about),
    _scene("03-palette-typed", palette),
    _scene("04-help-shown", help_dock),
    _scene("30-overview-empty", of("overview", empty)),
    _OVERVIEW,
    _scene("32-overview-busy", of("overview", busy)),
    _scene("33-overview-error", of("overview", refused)),
    _scene("34-overview-two-connections", two_connections),
    _scene("40-directory-typical", of("directory", synced)),
    _scene("41-directory-person", person),
    _scene("45-on-demand-empty", of("on_demand", empty)),
    _scene("46-on-demand-tried", demand),
    _scene("50-log-empty", of("provisioning_log", empty)),
    _LOG,
    _scene("52-log-busy", of("provisioning_log", busy)),
    _scene("53-log-error", of("provisioning_log", failing)),
    _scene("54-log-entry", log_entry),
    _scene("55-log-http", log_http),
    _scene("60-tenant-typical", of("tenant", synced)),
    _scene("61-tenant-token", tenant_token),
    _scene("62-tenant-users", tenant_users),
    _scene("63-tenant-faults", tenant_switches),
    _SETTINGS,
    _scene("71-settings-tested", settings_test),
    _scene("72-settings-guards", settings_guards),
    _scene("75-settings-mail-failing", settings_mail),
    _small(_OVERVIEW, "80-overview-smallest"),
    _small(_LOG, "81-log-smallest"),
    _small(_scene("", person), "82-directory-smallest"),
    _small(_SETTINGS, "83-settings-smallest"),
    replace(_OVERVIEW, name="84-overview-200-percent"),
    replace(_OVERVIEW, name="85-overview-german"),
    replace(_LOG, name="86-log-german"),
    replace(_SETTINGS, name="87-settings-german"),
    replace(_OVERVIEW, name="88-overview-right-to-left"),
    replace(_scene("", log_entry), name="89-log-right-to-left"),
]
