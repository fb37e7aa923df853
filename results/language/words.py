"""Words and numbers in the reader's language: gettext catalogues and Babel's locales.

Message ids are English. A translator edits `locale/<language>/LC_MESSAGES/results.po`; it is read
when a report is made, so there is nothing to compile.
"""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import floor, isnan, log10, nan
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from results.kpis.catalogue import SHARE, Kpi

if TYPE_CHECKING:
    from collections.abc import Mapping

PERCENT = 100
SITES = "sites"
"""The unit that is said of one as well as of more."""
EXTRA_DECIMALS = 3
"""How many decimals more a small difference may take before it is shown as zero."""

ROUND_FROM = 1000
"""From so many people on, hundreds are precise enough; below, tens."""

WIDEST_SHARE = 0.5
"""Half the interval of a share that may be anything."""

MINUS = "\N{MINUS SIGN}"
LONG_WORD = re.compile(r"[^\W\d_]{8,}")
SYLLABLE = re.compile(r"(?<=[aeiouy][^\Waeiouy])(?<!c)(?=[^\Waeiouy]+[aeiouy])")
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
UNKNOWN = "\N{EN DASH}"


class Lang(StrEnum):
    """A language that reports are written in."""

    NL = "nl"
    EN = "en"


@dataclass(frozen=True)
class Words:
    """One reader's language: texts, numbers, dates."""

    lang: Lang
    translations: gettext.NullTranslations

    def gettext(self, message: str) -> str:
        """Translate a message."""
        return self.translations.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Translate a message that counts something."""
        return self.translations.ngettext(one, many, count)

    def of(self, texts: Mapping[str, str] | str | None) -> str:
        """Pick this language from a text given in several; any other if it is lacking."""
        if not texts:
            return ""
        if not isinstance(texts, str):
            texts = texts.get(self.lang) or next(iter(texts.values()))
        return texts.replace(SOFT_HYPHEN, "")

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number with the reader's decimal sign and a true minus; NaN as a dash.

        Negative decimals are tens, hundreds and so on.
        """
        if isnan(value):
            return UNKNOWN
        value, decimals = round(value, decimals), max(decimals, 0)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        written = format_decimal(_without_minus_zero(value, decimals), pattern, self.lang)
        return str(written).replace("-", MINUS)

    def rough(self, value: float, digits: int = 3) -> str:
        """Write a number of any size to so many digits that tell."""
        decimals = digits - 1 - floor(log10(abs(value))) if value and not isnan(value) else 0
        return self.number(round(value, decimals) if not isnan(value) else value, max(decimals, 0))

    def people(self, count: float) -> str:
        """Write a number of people no more precisely than a model knows it."""
        return self.number(round(count, -2 if count >= ROUND_FROM else -1))

    def people_between(self, count: float, low: float, high: float) -> str:
        """Write a number of people with its range, no more precisely than the range bears."""
        if isnan(low) or isnan(high) or high <= low:
            return self.people(count)
        return self._between(count, low, high, finest=-1)

    def births_between(self, count: float, low: float, high: float) -> str:
        """Write a number of births with its range, no more precisely than the range bears."""
        return self._between(count, low, high, finest=0)

    def _between(self, count: float, low: float, high: float, finest: int) -> str:
        decimals = min(_certain_decimals((high - low) / 2), finest)
        ends = (self.number(end, decimals) for end in (low, high))
        return f"{self.number(count, decimals)} ({self._span(*ends)})"

    def percent_between(self, low: float, high: float) -> str:
        """Write the range of a share, as whole percentages; a dash where there is none."""
        if isnan(low) or isnan(high):
            return UNKNOWN
        return self._span(*(self.percent(end, 0).removesuffix("%") for end in (low, high)))

    def signed(self, value: float, decimals: int = 0) -> str:
        """Write a number with its sign, a true minus included."""
        if isnan(value):
            return UNKNOWN
        rounded = _without_minus_zero(value, decimals)
        decimals = max(decimals, 0)
        sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
        return sign + self.number(abs(rounded), decimals)

    def percent(self, share: float, decimals: int = 1) -> str:
        """Write a share as a percentage that is 0 or 100 only where that is exactly so."""
        if isnan(share):
            return UNKNOWN
        value = round(share * PERCENT, decimals)
        if decimals < 0:
            return f"{self.number(value)}%"
        least = 10.0**-decimals
        if value >= PERCENT and share < 1:
            return f">{self.number(PERCENT - least, decimals)}%"
        if value <= 0 < share:
            return f"<{self.number(least, decimals)}%"
        return f"{self.number(value, 0 if value in {0, PERCENT} else decimals)}%"

    def amount(self, kpi: Kpi, value: float, half: float = nan) -> str:
        """Write a KPI's value, shares as percentages, without its unit.

        `half` is half its interval: digits that it doesn't bear are left out.
        """
        decimals = borne_decimals(kpi, half)
        if kpi.unit == SHARE:
            return self.percent(value, decimals)
        return self.number(value, decimals)

    def difference(self, kpi: Kpi, value: float, half: float = nan, *, fine: bool = True) -> str:
        """Write a KPI's difference with its sign, shares in percentage points.

        `half` is half its interval: digits that it doesn't bear are left out. With `fine` a small
        difference takes more decimals rather than read as zero.
        """
        scaled = value * PERCENT if kpi.unit == SHARE else value
        decimals = borne_decimals(kpi, half)
        if fine and decimals == kpi.decimals:
            decimals = _decimals_to_show(scaled, decimals)
        return self.signed(scaled, decimals)

    def interval(self, kpi: Kpi, low: float, high: float) -> str:
        """Write the interval of a KPI's value; a dash where there is none.

        Few KPIs can be negative and no share is above one, so the interval stops there too.
        """
        if isnan(low) or isnan(high):
            return UNKNOWN
        low = low if kpi.negative else max(low, 0.0)
        high = min(high, 1.0) if kpi.unit == SHARE else high
        decimals = borne_decimals(kpi, (high - low) / 2)
        scale = PERCENT if kpi.unit == SHARE else 1
        ends = (self.number(edge * scale, decimals) for edge in (low, high))
        return self._span(*ends)

    def difference_interval(self, kpi: Kpi, low: float, high: float, *, fine: bool = True) -> str:
        """Write the interval of a KPI's difference; `fine` as in `difference`.

        No share can change by more than all of it, so the interval stops there.
        """
        if isnan(low) or isnan(high):
            return UNKNOWN
        if kpi.unit == SHARE:
            low, high = max(low, -1.0), min(high, 1.0)
        half = (high - low) / 2
        return self._span(*(self.difference(kpi, edge, half, fine=fine) for edge in (low, high)))

    def _span(self, low: str, high: str) -> str:
        return self.gettext("{low} to {high}").format(low=low, high=high)

    def unit(self, kpi: Kpi) -> str:
        """Say a KPI's unit."""
        return self.unit_text(kpi.unit)

    def unit_text(self, unit: str) -> str:
        """Say a unit of the catalogue."""
        return _units(self).get(unit, unit)

    def unit_beside(self, kpi: Kpi, value: float) -> str:
        """Say a KPI's unit as it follows a number; a percentage has it already."""
        return "" if kpi.unit == SHARE else f" {self._unit_of(kpi, value)}"

    def difference_unit(self, kpi: Kpi, value: float = 0.0) -> str:
        """Say the unit of a KPI's difference, as it follows a number."""
        if kpi.unit == SHARE:
            return self.gettext("percentage points")
        return self._unit_of(kpi, value)

    def _unit_of(self, kpi: Kpi, value: float) -> str:
        is_one = kpi.unit == SITES and abs(value) == 1
        return self.gettext("hospital") if is_one else self.unit(kpi)

    def day(self, iso: str) -> str:
        """Write an ISO date as the reader would; anything else as it is."""
        try:
            return format_date(date.fromisoformat(iso), "long", self.lang)
        except ValueError:
            return iso

    def listed(self, items: list[str]) -> str:
        """Join items as a sentence does: a, b and c."""
        if not items[:-1]:
            return "".join(items)
        return self.gettext("{items} and {last}").format(
            items=", ".join(items[:-1]), last=items[-1]
        )


@cache
def words(lang: str) -> Words:
    """Read a language's catalogue.

    Parameters
    ----------
    lang
        `nl` or `en`.

    Raises
    ------
    ValueError
        The language is neither.
    """
    chosen = Lang(lang)
    return Words(chosen, catalogue("results", chosen))


@cache
def catalogue(domain: str, lang: Lang) -> gettext.NullTranslations:
    """Read a catalogue of messages; one that a language lacks translates nothing."""
    messages = files(__package__).joinpath("locale", lang, "LC_MESSAGES", f"{domain}.po")
    if not messages.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with messages.open("rb") as source:
        write_mo(compiled, read_po(source, locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def breakable(text: str) -> str:
    """Mark where long words may break in a narrow column, between the consonants of two syllables.

    Dutch and English spell it so nearly always; browsers lack a dictionary more often.
    """
    return LONG_WORD.sub(lambda match: SYLLABLE.sub(SOFT_HYPHEN, match.group()), text)


def _units(words: Words) -> dict[str, str]:
    """Say every unit of the catalogue."""
    _ = words.gettext
    return {
        SHARE: "%",
        "min": _("minutes"),
        "days": _("days"),
        "beds": _("beds"),
        "FTE": _("full-time jobs"),
        "hours/year": _("hours a year"),
        "days/year": _("days a year"),
        "hours/week": _("hours a week"),
        "hour of the day": _("hour of the day"),
        "shifts/year": _("shifts a year"),
        "visits/year": _("visits a year"),
        "rides/year": _("rides a year"),
        "operations/year": _("operations a year"),
        "births/year": _("births a year"),
        "admissions/year": _("admissions a year"),
        "patients/year": _("patients a year"),
        "children/year": _("children a year"),
        "times/year": _("times a year"),
        SITES: _("hospitals"),
        "million euro/year": _("million euro a year"),
    }


def _certain_decimals(half: float) -> int:
    """Return the decimals that an uncertainty bears: those of its own first digit.

    So 12.34 with half an interval of 0.3 is written 12.3, and with one of 20 it is 10 (JCGM
    100:2008, 7.2.6: no more digits than the uncertainty's own).
    """
    return -floor(log10(half))


def borne_decimals(kpi: Kpi, half: float) -> int:
    """Return a KPI's decimals, fewer where half its interval bears no more; NaN or 0 for none."""
    if isnan(half) or half <= 0:
        return kpi.decimals
    scaled = min(half, WIDEST_SHARE) * PERCENT if kpi.unit == SHARE else half
    return min(kpi.decimals, _certain_decimals(scaled))


def _without_minus_zero(value: float, decimals: int) -> float:
    return round(value, decimals) + 0.0


def _decimals_to_show(value: float, decimals: int) -> int:
    """Find how many decimals keep a difference from reading as zero."""
    if value == 0 or isnan(value):
        return decimals
    return next(
        (d for d in range(decimals, decimals + EXTRA_DECIMALS) if round(value, d) != 0), decimals
    )
