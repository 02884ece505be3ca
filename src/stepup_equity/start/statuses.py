"""What a status says in words: which gate, and what became of people there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from stepup_equity.process.headings import heading
from stepup_equity.start.gates import GateWords, gates_in


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a status says.

    Attributes
    ----------
    exit : str
        Exit reason; empty where it says that a stage was reached.
    gate : str
        Key of the gate it speaks of; empty where it names none.
    passed : bool
        Whether that gate was passed; else people still stand before it.
    sure : bool
        Whether the words leave no doubt.
    likely : bool
        Whether, in doubt, one reading is far likelier than any other, so that it may be proposed.
    reason : str
        Why, in words.
    """

    exit: str = ""
    gate: str = ""
    passed: bool = False
    sure: bool = False
    likely: bool = field(default=False, kw_only=True)
    reason: str = "its words name no stage and no reason that is known"


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])({words})(?![^\W_])")


_DNA: Final = _any(
    r"did ?n[o']t (attend|turn up|show( up)?|sit|take)|dna|no[ -]?shows?|fail(ed|s)? to attend"
    r"|non[ -]?attend\w*"
    r"|not attend(ed|ing)?|absent|missed|absence"
)
_DECLINED: Final = _any(
    r"(offer|place|post|job)s?( was|[:,] ?| -)? ?(declin\w+|refus\w+|turned down|not accepted"
    r"|rejected)( by (the )?\w+)?"
    r"|(declin\w+|refus\w+|turned down) (the |our |an? )?(job |conditional )?(offer|place|post)s?"
    r"|(rejected|rejects) (the|our|an|a) (job |conditional )?(offer|place|post)s?"
    r"|(candidate|applicant)s? (rejected|rejects) (offer|place|post)s?"
    r"|(declin\w+|rejected|refused) by (the )?(candidate|applicant)|offre (refusée|déclinée)"
    r"|angebot abgelehnt"
)
_TURNED_DOWN: Final = _any(
    r"declin\w+|refus\w+|turned down|not (accepted|taken( up)?)"
    r"(?! by (the |our |an? )?(\w+ )?(panel|manager|recruiter|employer|department))"
)
_NOT_KEPT: Final = _any(
    r"declin\w+|refus\w+|turned down|laps\w+|expired?|cancel\w*|fell through|no (response|reply)"
    r"|elsewhere|alternative|another|other (job|role|post|place|position|offer|employ\w*|organi[sz]ation)s?"
)
"""What takes back, or gives to somebody else, what the other words say was reached."""
_TAKEN_BACK: Final = _any(
    r"offers? (was )?(withdrawn|rescinded|revoked|retracted|cancelled"
    r"|removed)(?! by (the )?(candidate|applicant))"
    r"|(withdrawn|rescinded) by (the )?(employer|department|recruiter|organisation|trust|council|us)"
)
_BY_BOTH: Final = _any(r"offers? (was )?withdrawn by (the )?(candidate|applicant)")
_WITHDREW: Final = _any(
    r"(self[ -]?)?withdr[ae]w(n|al|als|s)?( by \w+)?|pulled out|drop(ped)?[ -]?out"
    r"|no longer (interested|available)"
    r"|opted out|left (the )?process|désist\w*|abandon\w*|zurückgezogen|retirad[oa]|tynnu'n ôl|stood down"
)
_REJECTED: Final = _any(
    r"reject\w*|unsuccess\w*|not successful|fail(ed|s|ure|ing)?|regret\w*( sent)?|ineligible|not eligible"
    r"|not (selected|progress\w*|short ?listed|long ?listed|appoint\w*|suitable|recommended"
    r"|taken forward|hired"
    r"|pass(ed)?|offered|proceed\w*|met|meeting|sifted|through|being progressed|qualified"
    r"|invited( to)?|appointable)"
    r"|did ?n[o']t (pass|meet|progress|qualify)|(below|under) (the )?(\w+ )?(standard|threshold|bar"
    r"|pass ?mark|benchmark"
    r"|required standard|minimum)|turned down|(screened|sifted|filtered) out|deselected"
    r"|disqualified|no hire"
    r"|rejetée?s?|refusée?s?|non retenue?s?|abgelehnt|absage|rechazad[oa]s?|aflwyddiannus"
    r"|declined by \w+ ?(panel"
    r"|manager|recruiter)"
)
_WAITING: Final = _any(
    r"await\w*|pending|in progress|under (review|consideration)|schedul\w*|booked|to be \w+|on hold"
    r"|hold|waiting"
    r"|in review|being \w+|ready (for|to)|arrang\w*|to review|for review|ongoing|underway|en cours"
    r"|offen|due"
    r"|not yet \w+|outstanding|requested|active"
)
_INVITED: Final = _any(
    r"invit\w*|called (to|for)|convoqué\w*|ein(geladen|ladung)|put forward (to|for)|progress(ed|ing)? to"
    r"|moved to"
)
_PASSED: Final = _any(
    r"pass(ed|es)?|success(ful)?(ly)?|completed? successfully|met|cleared|approved|made|extended"
    r"|issued|sent|won"
    r"|through|satisfactory|signed|réussie?|bestanden|aprobad[oa]|confirmed"
)
_DONE: Final = _any(r"complet\w*|attended|finished|taken|held|sat|conducted")
_RESERVE: Final = _any(
    r"reserve[sd]?( list)?|wait(ing)? ?list(ed)?|merit list|talent (pool|bank)|stand ?by|liste d'attente"
)
_NO_PLACE: Final = _any(
    r"no (place|vacanc|post|role|position)\w*( available| left)?|(position|post|vacancy"
    r"|role)s? (filled|closed|cancelled)"
    r"|reserve list (expired|closed)|appointable( but)? no\w*"
)
_UNFINISHED: Final = _any(
    r"draft|incomplete|not submitted|started application|unsubmitted|in progress|saved|not completed"
)
_BEFORE: Final = _any(r"before|prior to|pre|ahead of|at|during|from|stage|in")
_BEFOREHAND: Final = _any(r"before|prior to|pre(?! ?(employment|screen\w*|appointment|sift))")
_AFTER: Final = _any(r"after|post|following|since")
_NOT: Final = _any(r"not|no|never|un\w+|non")
_WITHOUT_THEM: Final = ("eligible", "screened", "longlisted", "sifted", "shortlisted", "cleared")
"""Gates at which applicants are not there: whoever withdrew after one knew that it was passed."""


def meaning_of(status: str) -> Meaning:
    """What a status says; unsure where its words allow more than one reading.

    Examples
    --------
    >>> one = meaning_of("Sift - unsuccessful")
    >>> one.exit, one.gate, one.passed, one.sure
    ('rejected', 'sifted', False, True)
    >>> one = meaning_of("Invited to AC")
    >>> one.exit, one.gate, one.passed, one.sure
    ('pending', 'passed_ac', False, True)
    >>> meaning_of("Withdrawn").sure
    False
    """
    text = heading(status)
    for found in (_of_offers, _of_absence, _of_places, _of_leaving, _of_waiting, _of_arriving):
        meaning = found(text)
        if meaning is not None:
            return meaning
    return Meaning()


def _of_offers(text: str) -> Meaning | None:
    if _BY_BOTH.search(text):
        return Meaning(
            "declined",
            "offered",
            True,
            False,
            "an offer is withdrawn by whoever makes it, not by the candidate",
            likely=True,
        )
    if _TAKEN_BACK.search(text):
        return Meaning("offer_withdrawn", "offered", True, True, "it says that the offer was withdrawn")
    if match := _DECLINED.search(text):
        others = [
            g for _, g in gates_in(text.replace(match.group(), " ")) if g.key not in ("applied", "offered")
        ]
        return Meaning(
            "declined", "offered", True, not others, "it says that an offer was turned down", likely=True
        )
    offer = [g for _, g in gates_in(text) if g.key != "applied"]
    if _TURNED_DOWN.search(text) and [g.key for g in offer] == ["offered"] and offer[0].done.search(text):
        return Meaning("declined", "offered", True, True, "it says that an offer was made and turned down")
    return None


def _is_past(gate: GateWords, rest: str) -> bool:
    """Whether words say that a gate at which applicants are not there was passed, as "shortlisted" does."""
    return gate.key in _WITHOUT_THEM and gate.done.search(rest) is not None and _NOT.search(rest) is None


def _of_absence(text: str) -> Meaning | None:
    if not _DNA.search(text):
        return None
    gates = [gate for _, gate in gates_in(text) if gate.key != "applied"]
    if len(gates) == 1 and _is_past(gates[0], _DNA.sub(" ", text)):
        why = "it says that they were through, and did not attend what came after"
        return Meaning("did_not_attend", gates[0].key, True, False, why, likely=True)
    if len(gates) == 1:
        return Meaning("did_not_attend", gates[0].key, False, True, "it says that they did not attend it")
    return Meaning("did_not_attend", "", False, False, "it says that they did not attend, but not what")


def _of_places(text: str) -> Meaning | None:
    if _NO_PLACE.search(text):
        return Meaning(
            "no_place", "", False, False, "it says that there was no place, but not how far they had got"
        )
    if _RESERVE.search(text):
        return Meaning(
            "pending",
            "offered",
            False,
            False,
            "people on a reserve list may still wait, or have had no place",
            likely=True,
        )
    return None


def _of_leaving(text: str) -> Meaning | None:
    withdrew = _WITHDREW.search(text)
    rejected = None if withdrew else _REJECTED.search(text)
    if withdrew is None and rejected is None:
        return None
    match = withdrew or rejected
    assert match is not None
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    gates = [gate for _, gate in gates_in(rest) if gate.key != "applied"]
    if withdrew:
        also = _REJECTED.search(rest) is not None
        return _withdrawal(rest, gates, doubtful=also)
    gates = gates or [gate for _, gate in gates_in(text) if gate.key != "applied"]
    return _rejection(text, rest, gates)


def _withdrawal(rest: str, gates: list[GateWords], *, doubtful: bool) -> Meaning:
    if doubtful or len(gates) != 1:
        return Meaning(
            "withdrew", "", False, False, "it says that they withdrew, but not how far they had got"
        )
    gate = gates[0]
    if _is_past(gate, rest):
        why = "it says that they were through, and withdrew after it"
        return Meaning("withdrew", gate.key, True, False, why, likely=True)
    if _AFTER.search(rest):
        sure = gate.key in ("offered", "accepted")
        if sure or gate.key in _WITHOUT_THEM:
            return Meaning(
                "withdrew", gate.key, True, sure, "it says that they withdrew after it", likely=True
            )
        why = "it says that they withdrew after it, but not whether they had passed it"
        return Meaning("withdrew", gate.key, False, False, why)
    if gate.key in ("offered", "accepted", "started") and not _BEFOREHAND.search(rest):
        return Meaning("withdrew", gate.key, False, False, "it does not say whether an offer had been made")
    if _BEFOREHAND.search(rest):
        return Meaning(
            "withdrew",
            gate.key,
            False,
            False,
            "it says what came after they withdrew, not what before",
            likely=True,
        )
    sure = _BEFORE.search(rest) is not None or re.search(r"[-:(]", rest) is not None
    return Meaning("withdrew", gate.key, False, sure, "it says at which gate they withdrew", likely=True)


def _rejection(text: str, rest: str, gates: list[GateWords]) -> Meaning:
    if not gates:
        return Meaning(
            "rejected", "", False, False, "it says that they were turned down, but not at which gate"
        )
    gate = gates[0]
    if len(gates) > 1:
        return Meaning("rejected", gate.key, False, False, "it names more than one gate")
    if _is_past(gate, rest):
        why = "it says that they were through, and were turned down at what came after"
        return Meaning("rejected", gate.key, True, False, why, likely=True)
    if gate.key in ("accepted", "started", "offered") or _any("before|prior to|pre|not invited( to)?").search(
        text
    ):
        return Meaning(
            "rejected", gate.key, False, False, "it does not say at which gate they were turned down"
        )
    positive = _INVITED.search(rest) or _PASSED.search(rest)
    return Meaning(
        "rejected", gate.key, False, positive is None, "it says at which gate they were turned down"
    )


def _of_waiting(text: str) -> Meaning | None:
    gates = [gate for _, gate in gates_in(text)]
    last = gates[-1] if gates else None
    if last is None or (last.key == "applied" and _UNFINISHED.search(text)):
        return None
    if _INVITED.search(text) and last.key != "applied":
        sure = len(gates) == 1 or last.key not in ("accepted", "started")
        gate = last if sure else gates[0]
        return Meaning("pending", gate.key, False, sure, "it says that they were invited to it", likely=True)
    if not _WAITING.search(text):
        return None
    if last.key == "applied":
        return Meaning("pending", "applied", True, True, "it says that the application is being looked at")
    if last.key == "offered" and len(gates) == 1 and not text.startswith(("awaiting", "pending")):
        made = _PASSED.search(text) is not None
        return Meaning("pending", "offered", made, made, "it does not say whether the offer was made")
    if last.key == "offered" and _any("response|reply|decision|acceptance|answer").search(text):
        return Meaning("pending", "offered", True, False, "it may mean that the offer was made", likely=True)
    sure = len(gates) == 1 and _any(r"(on )?hold").search(text) is None
    return Meaning("pending", last.key, False, sure, "it says that they are waiting for it", likely=True)


def _of_arriving(text: str) -> Meaning | None:
    gates = [gate for _, gate in gates_in(text)]
    if not gates or (gates[0].key == "applied" and _UNFINISHED.search(text)):
        return None
    keys = [gate.key for gate in gates]
    gate = gates[-1]
    if set(keys) == {"offered", "accepted"}:
        gate, gates = next(g for g in gates if g.key == "accepted"), [gate]
    if len(gates) > 1:
        return Meaning("", gate.key, True, False, "it names more than one gate")
    if _NOT_KEPT.search(text):
        why = "it names what was reached, and says that it was not kept or was another's"
        return Meaning("pending", gate.key, False, False, why)
    negated = _NOT.search(text) is not None
    if gate.key == "applied":
        return Meaning(
            "pending",
            "applied",
            True,
            gate.done.search(text) is not None and not negated,
            "it says that they applied",
        )
    if gate.done.search(text) and not negated:
        return Meaning("", gate.key, True, True, "it says that they got there")
    if _PASSED.search(text) and not negated:
        return Meaning("", gate.key, True, True, "it says that they passed it")
    done = _DONE.search(text) is not None
    if done and not negated and gate.key == "cleared":
        return Meaning("", gate.key, True, True, "it says that they are through")
    why = (
        "it says that it took place, but not how it ended"
        if done
        else "it names a gate, but not what happened there"
    )
    return Meaning("pending", gate.key, gate.key == "offered", False, why, likely=not negated)
