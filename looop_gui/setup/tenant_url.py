"""Advice on a tenant URL as somebody typed or pasted it: common slips corrected, and said.

Looop's tenants are at `https://<organisation_domain>.looop.co/scim/v2` (reference section a.2); a
behaviour flag may be appended, which becomes the dialect (section g.7).
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from looop_gui.model.connection import Application, Dialect
from looop_gui.setup.loopback import is_loopback

LOOOP_DOMAIN = ".looop.co"
LOOOP_PATH = "/scim/v2"
EXAMPLE = "https://contoso.looop.co/scim/v2"

_FLAGS = {
    "aadoptscim062020": Dialect.ENTRA_COMPLIANT,
    "azureadscimpatch2017": Dialect.ENTRA_LEGACY,
}
_RESOURCE = re.compile(
    r"/(?:users|groups|schemas|resourcetypes|serviceproviderconfig|bulk|me)(?:/.*)?$", re.IGNORECASE
)
# An IPv6 address in brackets has colons and is no placeholder.
_PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}|\[[^\]:]*\]|\borganisation_domain\b", re.IGNORECASE)
_MISSPELT = (".loop.co", ".looop.com", ".loooop.co", ".looop.io", ".looop.org")
_NO_ORGANISATION = ("looop.co", "www.looop.co")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True, slots=True)
class UrlAdvice:
    """What to use instead of the text.

    `corrections` are sentences that say what was changed. With a `problem`, a sentence, the URL
    cannot be used as it is, and `url` is only as far as the text could be understood.
    """

    url: str
    dialect: Dialect
    corrections: tuple[str, ...]
    problem: str


def advise(text: str, application: Application) -> UrlAdvice:
    """The tenant URL that `text` means for that application."""
    corrections: list[str] = []
    cleaned = _without_surroundings(text, corrections)
    problem = _text_problem(cleaned)
    if problem:
        return UrlAdvice(cleaned, Dialect.ENTRA_LEGACY, tuple(corrections), problem)
    address = _with_scheme(cleaned, application, corrections)
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return UrlAdvice(address, Dialect.ENTRA_LEGACY, (), f"This is not a URL. {_example()}")
    host = _whole_host(host, application, corrections)
    dialect = _dialect(parts, corrections)
    path = _path(parts.path, host, corrections)
    url = f"{parts.scheme}://{_authority(host, port, parts.scheme)}{path}"
    problem = _problem(parts, host, application)
    return UrlAdvice(url, dialect, tuple(corrections), problem)


def _without_surroundings(text: str, corrections: list[str]) -> str:
    """Without blanks, line breaks, invisible characters, and quotes around it."""
    trimmed = text.translate(_INVISIBLE).strip().strip("\"'`“”‘’,;").strip()
    if trimmed.startswith("<http") and trimmed.endswith(">"):
        trimmed = trimmed[1:-1]
    cleaned = "".join(c for c in trimmed if c.isprintable() and not c.isspace())
    if cleaned != trimmed and not _PLACEHOLDER.search(trimmed):
        corrections.append("A blank inside the URL was removed.")
    cleaned = cleaned.replace("\\", "/")
    return re.sub(r"^(?:https?://)+(?=https?://)", "", cleaned, flags=re.IGNORECASE)


def _text_problem(cleaned: str) -> str:
    if not cleaned:
        return f"The tenant URL is empty. {_example()}"
    if re.fullmatch(r"https?:?/*", cleaned, re.IGNORECASE):
        return f"The URL has no host. {_example()}"
    placeholder = _PLACEHOLDER.search(unquote(cleaned))
    if placeholder:
        return (
            f"Replace {placeholder.group()} with the domain of your organisation in Looop, "
            f"for example {EXAMPLE}."
        )
    return ""


def _with_scheme(cleaned: str, application: Application, corrections: list[str]) -> str:
    """With https in front, unless a scheme is there; slips in writing it are mended."""
    slip = re.match(r"(https?)(:/?|//|;//|:///+)(?=[^/:;])", cleaned, re.IGNORECASE)
    if re.match(r"[a-z][a-z0-9+.-]*://[^/]", cleaned, re.IGNORECASE):
        return cleaned
    if slip and not re.match(r"https?:\d", cleaned, re.IGNORECASE):
        corrections.append(f"{slip.group()} was written as {slip.group(1).lower()}://.")
        return f"{slip.group(1).lower()}://{cleaned[slip.end() :]}"
    bare = cleaned.lstrip("/:")
    host = re.match(r"\[[^\]]*\]|[^/:?#]*", bare)
    scheme = "http" if host and is_loopback(host.group()) else "https"
    if application is Application.LOOOP and re.fullmatch(r"[a-z0-9-]+", bare, re.IGNORECASE):
        corrections.append(f"{bare} was taken as the domain of your organisation in Looop.")
        return f"{scheme}://{bare}{LOOOP_DOMAIN if scheme == 'https' else ''}{LOOOP_PATH}"
    corrections.append(f"{scheme}:// was added in front.")
    return f"{scheme}://{bare}"


def _whole_host(host: str, application: Application, corrections: list[str]) -> str:
    """An organisation's bare name made a host of Looop."""
    bare_name = host and "." not in host and ":" not in host and not is_loopback(host)
    if application is Application.LOOOP and bare_name:
        corrections.append(f"{LOOOP_DOMAIN} was added after {host}.")
        return host + LOOOP_DOMAIN
    return host


def _dialect(parts: SplitResult, corrections: list[str]) -> Dialect:
    """The dialect that a behaviour flag asks for; whatever else is in the query is left out."""
    dialect = Dialect.ENTRA_LEGACY
    for parameter in filter(None, parts.query.replace("?", "&").split("&")):
        name = parameter.partition("=")[0]
        flag = _FLAGS.get(name.casefold())
        if flag is None:
            corrections.append(f"The parameter {name} was left out.")
        else:
            dialect = flag
            corrections.append(f"The flag {name} was taken as the dialect of the requests.")
    if parts.fragment:
        corrections.append(f"#{parts.fragment} was left out.")
    return dialect


def _path(written: str, host: str, corrections: list[str]) -> str:
    path = re.sub(r"/{2,}", "/", written).rstrip("/")
    resource = _RESOURCE.search(path)
    if resource:
        corrections.append(f"{resource.group()} at the end was left out.")
        path = path[: resource.start()].rstrip("/")
    if host.endswith(LOOOP_DOMAIN) and path != LOOOP_PATH:
        corrections.append(f"The path of a Looop tenant is {LOOOP_PATH}.")
        path = LOOOP_PATH
    return path


def _authority(host: str, port: int | None, scheme: str) -> str:
    written = f"[{host}]" if ":" in host else host
    usual = 443 if scheme == "https" else 80
    return written if port in (None, usual) else f"{written}:{port}"


def _problem(parts: SplitResult, host: str, application: Application) -> str:
    if not host:
        return f"The URL has no host. {_example()}"
    if not _can_be_host(host):
        return f"{host} cannot be the name of a host. {_example()}"
    if parts.scheme not in ("https", "http"):
        return f"A tenant URL begins with https://, not with {parts.scheme}://."
    if parts.username is not None or parts.password is not None:
        return "The URL contains a login. Leave it out: the secret token is what authenticates."
    if parts.scheme == "http" and not is_loopback(host):
        return (
            "Plain http is refused, because anybody on the way could read the secret token. "
            "Use https."
        )
    return _looop_problem(host) if application is Application.LOOOP else ""


def _can_be_host(host: str) -> bool:
    """An address, or labels of letters in any script, digits and hyphens."""
    if ":" in host:
        return True
    labels = host.split(".")
    return all(0 < len(label) < 64 and _is_label(label) for label in labels)


def _is_label(label: str) -> bool:
    return all(character.isalnum() or character in "-_" for character in label)


def _looop_problem(host: str) -> str:
    if host in _NO_ORGANISATION:
        return f"The domain of your organisation is missing in front of looop.co. {_example()}"
    for ending in _MISSPELT:
        if host.endswith(ending):
            meant = host.removesuffix(ending) + LOOOP_DOMAIN
            return f"Looop's tenants end in {LOOOP_DOMAIN}. Did you mean {meant}?"
    return ""


def _example() -> str:
    return f"It looks like {EXAMPLE}."
