"""How is each rule of eligibility decided?  From facts and surroundings to "holds", "is broken" or "cannot be told".

A criterion answers with a `Verdict`. Where the published documents leave a shape out, neither as eligible nor as not,
the verdict is None: a wrong "yes" is an audience that silently falls back to batch.
"""

from __future__ import annotations

from pqltools.checks.eligibility.facts import facts
from pqltools.checks.eligibility.names import alternatives
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.checks.eligibility.facts import Facts, Reference
    from pqltools.checks.eligibility.names import Event
    from pqltools.checks.surroundings import Segment, Surroundings
    from pqltools.syntax.ast import Node

#: The look-back that streaming and edge allow, in hours. 24 hours are allowed: the published examples use them, though
#: a table says "less than 24 hours".
DAY = 24.0


@record
class Verdict(Record):
    """What a criterion found: whether the rule holds (None: cannot be told), why not, and the nodes that show it."""

    holds: bool | None
    why: str = ""
    nodes: tuple[Node, ...] = ()


HOLDS = Verdict(True)


def _first(verdicts: Iterable[Verdict]) -> Verdict:
    """What is broken before what is unclear, with all the places of that kind; it holds if there is neither."""
    found = list(verdicts)
    for holds in (False, None):
        same = [verdict for verdict in found if verdict.holds is holds]
        if same:
            return Verdict(holds, same[0].why, tuple([node for verdict in same for node in verdict.nodes]))
    return HOLDS


def label(event: Event) -> str:
    """What a message calls an event condition."""
    return "an event condition" if event.name is None else f"event `{event.name}`"


def duration(hours: float) -> str:
    """A length of time in the largest unit that fits, such as ``3 days``."""
    for unit, size in (("day", 24.0), ("hour", 1.0), ("minute", 1 / 60), ("second", 1 / 3600)):
        if hours >= size and (hours / size).is_integer():
            count = int(hours / size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{hours:.4g} hours"


# The environment, which no expression shows.


def merge_policy(shown: Facts, around: Surroundings) -> Verdict:
    """The merge policy is active on edge."""
    if around.active_on_edge is None:
        return Verdict(None, "it is not known whether the merge policy is active on edge")
    return HOLDS if around.active_on_edge else Verdict(False, "the merge policy is not active on edge")


def scheduled(shown: Facts, around: Surroundings) -> Verdict:
    """Scheduled segmentation is on."""
    return Verdict(None, "it is not known whether scheduled segmentation is switched on")


def separate_audiences(shown: Facts, around: Surroundings) -> Verdict:
    """Events of batch and streaming sources stand in audiences of their own."""
    if len(shown.events) < 2:
        return HOLDS
    why = "it is not known whether all events come from streaming sources"
    return Verdict(None, why, tuple([event.node for event in shown.events]))


def one_kind_of_source(shown: Facts, around: Surroundings) -> Verdict:
    """Batch and streaming data are not mixed."""
    if not shown.events or not shown.profile:
        return HOLDS
    return Verdict(None, "it is not known whether attributes and events come from sources of the same kind")


# The expression.


def one_entity(shown: Facts, around: Surroundings) -> Verdict:
    """Only the profile is read."""
    if not shown.entities:
        return HOLDS
    return Verdict(False, "it reads another entity than the profile", shown.entities)


def no_audience_manager(shown: Facts, around: Surroundings) -> Verdict:
    """No segment or trait of Audience Manager."""
    nodes = [reference.node for reference in shown.references if reference.is_audience_manager]
    if not nodes:
        return HOLDS
    return Verdict(False, "it refers to a segment or trait of Audience Manager", tuple(nodes))


def no_ignored_year(shown: Facts, around: Surroundings) -> Verdict:
    """No date is compared without its year."""
    if shown.ignore_year:
        return Verdict(False, "a date is compared by month and day without its year", shown.ignore_year)
    if shown.part_of_date:
        why = "a date is compared by its month or day alone, which may count as ignoring the year"
        return Verdict(None, why, shown.part_of_date)
    return HOLDS


def _window(event: Event) -> Verdict:
    window = event.window
    holds = window.within(DAY)
    why = {
        "none": f"{label(event)} has no look-back window",
        "fixed": f"the window of {label(event)} has fixed dates",
        "unclear": f"the window of {label(event)} is not measured from now",
        "relative": f"{label(event)} looks back up to {duration(window.least)}",
    }[window.form]
    return HOLDS if holds else Verdict(holds, why, (event.node,))


def short_windows(shown: Facts, around: Surroundings) -> Verdict:
    """Every event looks back 24 hours at the most."""
    return _first(map(_window, shown.events))


def short_windows_of_several(shown: Facts, around: Surroundings) -> Verdict:
    """Several events look back 24 hours at the most, and so does one that is counted or put to use otherwise."""
    several = len(shown.events) > 1
    return _first([_window(event) for event in shown.events if several or event.use != "exists"])


def no_windows(shown: Facts, around: Surroundings) -> Verdict:
    """No event has a time window."""
    nodes = [event.window.node or event.node for event in shown.events if event.window.form != "none"]
    return Verdict(False, "it has a time window", tuple(nodes)) if nodes else HOLDS


def not_yet(shown: Facts, around: Surroundings) -> Verdict:
    """The method did not exist."""
    return Verdict(False, "there is no document about this method from that time")


def nothing(shown: Facts, around: Surroundings) -> Verdict:
    """There is nothing to ask for."""
    return HOLDS


def strict_order(shown: Facts, around: Surroundings) -> Verdict:
    """Several events are in a strict order of time. Between alternatives that is neither asked for nor ruled out."""
    found = []
    for one, other in zip(shown.events, shown.events[1:], strict=False):
        if shown.order.holds(one, other):
            continue
        if alternatives(one.branch, other.branch):
            why = "the documents do not say whether events that are alternatives need an order of time"
            found.append(Verdict(None, why, (other.node,)))
        else:
            found.append(Verdict(False, f"{label(other)} is in no order of time with the one before it", (other.node,)))
    return _first(found)


def one_event(shown: Facts, around: Surroundings) -> Verdict:
    """One event at the most."""
    if len(shown.events) < 2:
        return HOLDS
    nodes = tuple([event.node for event in shown.events[1:]])
    return Verdict(False, f"it has {len(shown.events)} event conditions", nodes)


def not_all_negated(shown: Facts, around: Surroundings) -> Verdict:
    """The event part is not a negation as a whole."""
    if not shown.all_negated:
        return HOLDS
    nodes = tuple([event.node for event in shown.outer_events])
    return Verdict(False, "the event part as a whole is a negation", nodes)


def negated_as_a_whole(shown: Facts, around: Surroundings) -> Verdict:
    """Of several events, none is negated by itself."""
    negated = [event for event in shown.events if event.negated]
    if len(shown.events) < 2 or shown.all_negated or not negated:
        return HOLDS
    nodes = tuple([event.node for event in negated])
    return Verdict(False, f"{label(negated[0])} is negated among others", nodes)


def no_negation(shown: Facts, around: Surroundings) -> Verdict:
    """No event is negated."""
    nodes = tuple([event.node for event in shown.events if event.negated])
    return Verdict(False, "an event is negated", nodes) if nodes else HOLDS


def only_yes_or_no(shown: Facts, around: Surroundings) -> Verdict:
    """No function shapes the result."""
    if not shown.shaping:
        return HOLDS
    return Verdict(False, "it uses advanced functions, which shape a result", shown.shaping)


# References to other audiences.


def profile_only_beside_events(shown: Facts, around: Surroundings) -> Verdict:
    """Beside an event, only audiences of profile attributes are referred to.

    The documents contradict each other: one list rules the combination out, and a section of the same page gives the
    very same expression as evaluated by streaming, as the audience is about attributes only.
    """
    if not shown.events:
        return HOLDS
    # Audience Manager has a rule of its own.
    others = [reference for reference in shown.references if not reference.is_audience_manager]
    return _first([_profile_only(reference, around) for reference in others])


def _profile_only(reference: Reference, around: Surroundings) -> Verdict:
    """Whether an audience, with those that it refers to in turn, is about profile attributes only."""
    nodes = (reference.node,)
    pending = [reference]
    seen: set[str | None] = set()
    reads_profile = False
    for other in pending:
        if other.id is not None and other.id in seen:
            continue
        seen.add(other.id)
        segment, why = _segment(other, around)
        if segment is None or segment.tree is None:
            return Verdict(None, why, nodes)
        found = facts(segment.tree)
        name = f"audience `{segment.name or segment.id}`"
        if found.events or found.entities:
            return Verdict(
                False, f"{name}, which it refers to beside an event, reads more than profile attributes", nodes
            )
        if found.unread:
            return Verdict(None, f"a part of {name} is of an unknown kind", nodes)
        reads_profile = reads_profile or bool(found.profile)
        pending += found.references
    return HOLDS if reads_profile else Verdict(None, "the audience that it refers to reads no profile attribute", nodes)


def _segment(reference: Reference, around: Surroundings) -> tuple[Segment | None, str]:
    """The definition that is referred to, or why it is not known."""
    if reference.id is None:
        return None, "it refers to an audience whose id is computed"
    if not reference.is_own:
        return None, f"audience `{reference.id}` of namespace `{reference.namespace}` is defined elsewhere"
    segment = (around.segments or {}).get(reference.id)
    if segment is None:
        return None, f"the definition of audience `{reference.id}`, which it refers to, is not at hand"
    return segment, f"the expression of audience `{segment.name or segment.id}` cannot be read"


def _batch_or_edge(reference: Reference, around: Surroundings) -> Verdict:
    """Whether a member of a segment of segments is evaluated in batch or on edge."""
    segment, why = _segment(reference, around)
    nodes = (reference.node,)
    if segment is None:
        return Verdict(None, why, nodes)
    name = f"audience `{segment.name or segment.id}`"
    if segment.method is None:
        return Verdict(None, f"it is not known how {name} is evaluated", nodes)
    if segment.method == "streaming":
        return Verdict(False, f"{name} is evaluated by streaming, not in batch or on edge", nodes)
    return HOLDS


# Shapes.


def shape(shown: Facts, around: Surroundings) -> Verdict:
    """One of the shapes that the tables of streaming list."""
    if shown.references and shown.profile and not shown.events:
        why = "the documents show `inSegment` alone or beside an event, not beside profile attributes"
        return _first([_known(shown), Verdict(None, why, (shown.references[0].node,))])
    return _first([_known(shown), _plain(shown)])


def older_shape(shown: Facts, around: Surroundings) -> Verdict:
    """One of the shapes that the tables of earlier periods list, segments of segments with attributes among them."""
    return _known(shown)


def older_edge_shape(shown: Facts, around: Surroundings) -> Verdict:
    """One of the shapes that the table of 2022 lists: windows of several events, and of counted ones, are short."""
    return _first([_known(shown), short_windows_of_several(shown, around)])


def beta_edge_shape(shown: Facts, around: Surroundings) -> Verdict:
    """One of the shapes of the beta, all of which have an event."""
    if shown.events:
        return _known(shown)
    return _first([_known(shown), Verdict(None, "the documents of the beta list shapes with an event only")])


def edge_shape(shown: Facts, around: Surroundings) -> Verdict:
    """One of the shapes that the newest table lists: one short event, attributes, audiences in batch or edge."""
    found = [_known(shown), _plain(shown), *map(_window, shown.events)]
    negated = [event for event in shown.events if event.negated]
    if negated:
        found.append(Verdict(None, "the documents no longer list negated events", (negated[0].node,)))
    if not shown.events:
        others = [reference for reference in shown.references if not reference.is_audience_manager]
        found += [_batch_or_edge(reference, around) for reference in others]
    return _first(found)


def _known(shown: Facts) -> Verdict:
    """Something is read, and nothing is of an unknown kind."""
    if shown.unread:
        return Verdict(None, "a part of it is of an unknown kind", shown.unread)
    if shown.events or shown.profile or shown.references or shown.entities:
        return HOLDS
    return Verdict(None, "it reads neither attributes nor events nor audiences")


def _plain(shown: Facts) -> Verdict:
    """Events must or must not occur; the newest documents do not mention numbers of them, or values taken from them."""
    whys = {
        "count": "asks for a number of events, which the documents no longer mention",
        "value": "takes a value from events, which the documents do not mention",
    }
    return _first(
        [
            Verdict(None, f"{label(event)} {whys[event.use]}", (event.node,))
            for event in shown.events
            if event.use in whys
        ]
    )
