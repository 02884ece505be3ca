"""Programmes by name or path: shipped ones, one's own, and the template of a new one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from stepup_equity.errors import ProgrammeError, did_you_mean, listed
from stepup_equity.given import path_in
from stepup_equity.process.toml_in import programme_from_toml
from stepup_equity.shipped import shipped
from stepup_equity.text_files import text_in

if TYPE_CHECKING:
    from pathlib import Path

    from stepup_equity.process.programme import Programme


@cache
def step_up_to_social_work() -> Programme:
    """The built-in programme: seven stages, six characteristics.

    Source: Step Up to Social Work Programme Evaluation 2012, DFE-RR290 (2013), section 5.6.

    Examples
    --------
    >>> step_up_to_social_work().process.stage_keys
    ('submitted', 'eligible', 'screened', 'invited', 'assessed', 'offered', 'accepted')
    """
    return load_programme("step_up_to_social_work")


def shipped_programmes() -> tuple[str, ...]:
    """Names of the programmes that come with the library.

    Examples
    --------
    >>> shipped_programmes()  # doctest: +NORMALIZE_WHITESPACE
    ('civil_service', 'civil_service_jobs', 'fire_service', 'greenhouse', 'hesa', 'judicial_appointments',
    'nhs_jobs', 'qualtrics', 'step_up_to_social_work')
    """
    return tuple(sorted(file.stem for file in shipped("schema/programme").glob("*.toml")))


def programme_template() -> str:
    """A commented programme to edit: what ``stepup-equity programme new`` writes.

    Examples
    --------
    >>> programme_from_toml(programme_template()).process.stage_keys
    ('applied', 'shortlisted', 'interviewed', 'offered', 'started')
    """
    return shipped("schema/programme_template.toml").read_text(encoding="utf-8")


def load_programme(source: str | Path) -> Programme:
    """Read a programme: the name of a shipped one, or the path of a TOML file.

    Parameters
    ----------
    source : str or Path
        ``"step_up_to_social_work"``, another shipped name, or a path.

    Raises
    ------
    ProgrammeError
        Where the file does not exist, is not TOML, or contradicts itself.

    Examples
    --------
    >>> load_programme("step_up_to_social_work").label
    'Step Up to Social Work'
    """
    path = path_in(source, argument="programme", what="a TOML file, or the name of a shipped programme")
    if not path.suffix and not path.exists():
        names = shipped_programmes()
        if str(source) not in names:
            raise ProgrammeError(
                f"There is no programme file {str(source)!r}, and no shipped programme of that name. "
                f"Shipped: {listed(names)}.{did_you_mean(str(source), names)}"
            )
        path = shipped("schema/programme") / f"{source}.toml"
    try:
        text = text_in(path)
    except FileNotFoundError:
        raise ProgrammeError(f"There is no programme file {path.name!r}. Check the path.") from None
    except UnicodeDecodeError:
        raise ProgrammeError(
            f"The programme file {path.name!r} is not text in UTF-8. Save it as UTF-8."
        ) from None
    except OSError as error:
        raise ProgrammeError(f"The programme file {path.name!r} cannot be read: {error.strerror}.") from None
    return programme_from_toml(text, folder=path.parent, name=path.stem)
