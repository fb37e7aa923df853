"""The words of the interactive map, for the script that draws it."""

from results.text import Words


def map_texts(words: Words) -> dict[str, str]:
    """Say what the script of the map can't take from the page, in the reader's language."""
    _ = words.gettext
    return {
        "minutes": _("{minutes} min"),
        "longer": _("{minutes} min longer"),
        "shorter": _("{minutes} min shorter"),
        "same": _("no difference"),
        "none": _("not reached"),
        "under": _("less than {minutes}"),
        "between": _("{low} to {high}"),
        "over": _("{minutes} or more"),
        "over_longer": _("{minutes} or more longer"),
        "between_longer": _("{low} to {high} longer"),
        "between_shorter": _("{low} to {high} shorter"),
        "over_shorter": _("{minutes} or more shorter"),
        "about_same": _("less than 1 minute of difference"),
        "legend_car": _("Minutes by car from home"),
        "legend_siren": _("Minutes from the call until the ambulance is at the hospital"),
        "legend_difference": _("Minutes by which B is longer or shorter than A"),
        "inhabitants": _("{count} inhabitants"),
        "beyond": _("{count} beyond the norm of {norm} minutes"),
        "place": _("{place}, municipality of {municipality}"),
        "cell": _("Square of 250 metres near {place}, municipality of {municipality}"),
        "side": _("{side}: {minutes}"),
        "open": _("{site}: open now"),
        "closed": _("{site}: closed now"),
        "never": _("{site}: not open for this care"),
        "neighbour": _("{site}: hospital outside Twente"),
        "post": _("Ambulance post {post}"),
        "post_dynamic": _("Ambulance waiting place {post}"),
        "hour": _("{day} {start} to {end}"),
        "even": _("even week"),
        "odd": _("odd week"),
        "description": _(
            "Map of Twente: {what}, {moment}. A: {a}. B: {b}. The table below gives the figures "
            "of every municipality."
        ),
        "summary": _(
            "Inhabitants beyond the norm of {norm} minutes: {a} in A and {b} in B. On average "
            "{mean_a} in A and {mean_b} in B."
        ),
        "summary_without_norm": _("On average {mean_a} in A and {mean_b} in B."),
        "whole": _("All of Twente"),
        "now_open": _("Open now: {sites}."),
        "nothing_open": _("Nothing open"),
    }
