"""What a rule pack is: rules with distance, method, status, departments, citation and validity."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from geo_service.i18n import Language
from geo_service.model.vocabulary import (
    BINDING_STATUSES,
    CATEGORIES,
    DEPARTMENTS,
    METHODS,
    RULE_STATUSES,
    STAGES,
)

AppliesTo = Literal["new", "renewal", "change", "existing"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _known(values: Iterable[str], vocabulary: Iterable[str]) -> None:
    strange = sorted(set(values) - set(vocabulary))
    if strange:
        allowed = ", ".join(vocabulary)
        msg = f"{', '.join(strange)} is not in the vocabulary; allowed: {allowed}"
        raise ValueError(msg)


class Citation(_Strict):
    """Where a rule stands: title, article, and from when to when that text is in force."""

    title: str = Field(min_length=1, max_length=200)
    article: str = Field(default="", max_length=100)
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None


class Rule(_Strict):
    """One distance rule.

    `distance_m` None means that the law leaves the figure to the locality and nobody has set it yet
    (status `needs_local_value`). `stages` and `districts` empty mean all; districts are adcode prefixes.
    `any_place` covers places of every category and of none.
    `inclusive` says whether a place at exactly the limit counts. Competent are `departments`, or those of the
    place's category with `departments_by_category`; for a place without a licence `departments_unlicensed`. A rule with `target` "road" describes
    a stretch of road, not places.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")
    version: int = Field(default=1, ge=1)
    title_zh: str = Field(min_length=1, max_length=100)
    title_en: str = Field(min_length=1, max_length=100)
    target: Literal["place", "road"] = "place"
    categories: tuple[str, ...] = ()
    any_place: bool = False
    stages: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    distance_m: float | None = Field(default=None, gt=0, le=10_000)
    method: str | None = None
    alternative_methods: tuple[str, ...] = ()
    inclusive: bool = True
    status: str
    applies_to: tuple[AppliesTo, ...] = ("new", "renewal", "change", "existing")
    departments: tuple[str, ...] = Field(min_length=1)
    departments_unlicensed: tuple[str, ...] = ()
    departments_by_category: bool = False
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None
    citations: tuple[Citation, ...] = Field(min_length=1)
    note_zh: str = Field(default="", max_length=500)
    note_en: str = Field(default="", max_length=500)

    @field_validator("categories")
    @classmethod
    def _categories(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _known(value, CATEGORIES)
        return value

    @field_validator("stages")
    @classmethod
    def _stages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _known(value, STAGES)
        return value

    @field_validator("departments", "departments_unlicensed")
    @classmethod
    def _departments(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _known(value, DEPARTMENTS)
        return value

    @field_validator("method")
    @classmethod
    def _method(cls, value: str | None) -> str | None:
        _known([] if value is None else [value], METHODS)
        return value

    @field_validator("alternative_methods")
    @classmethod
    def _alternatives(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _known(value, METHODS)
        return value

    @field_validator("status")
    @classmethod
    def _status(cls, value: str) -> str:
        _known([value], RULE_STATUSES)
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.target == "place" and not self.categories and not self.any_place:
            msg = "categories: a rule about places names at least one category"
            raise ValueError(msg)
        has_value = self.distance_m is not None and self.method is not None
        if self.status == "needs_local_value" and self.distance_m is not None:
            msg = "distance_m: a rule that needs a local value has none; set the status to local once it is confirmed"
            raise ValueError(msg)
        if self.status != "needs_local_value" and not has_value:
            msg = "distance_m and method: needed unless the status is needs_local_value"
            raise ValueError(msg)
        if self.in_force_from and self.in_force_until and self.in_force_until < self.in_force_from:
            msg = "in_force_until: lies before in_force_from"
            raise ValueError(msg)
        return self

    def title(self, language: Language) -> str:
        """Return the title in a language."""
        return self.title_zh if language == "zh" else self.title_en

    def note(self, language: Language) -> str:
        """Return the note in a language."""
        return self.note_zh if language == "zh" else self.note_en

    def citation(self) -> str:
        """Return all citations as one line, in the language of the law."""
        parts = []
        for source in self.citations:
            since = f"（{source.in_force_from.isoformat()} 起施行）" if source.in_force_from else ""
            parts.append(f"{source.title}{source.article}{since}")
        return "；".join(parts)

    @property
    def meaning(self) -> str:
        """What a result of this rule may be called: only law and confirmed local rules suspect a ban."""
        if self.status in BINDING_STATUSES:
            return "suspected_ban"
        return "survey_area" if self.status == "campaign" else "lead"

    def competent(self, category: str | None, licence_status: str | None) -> tuple[str, ...]:
        """Return the keys of the departments that are competent for a place."""
        if licence_status == "unlicensed" and self.departments_unlicensed:
            return self.departments_unlicensed
        if self.departments_by_category and category is not None:
            return CATEGORIES[category].departments
        return self.departments

    def in_force(self, on: dt.date) -> bool:
        """Whether the rule applies on a day; both ends of its validity count, and an absent end is open."""
        return (self.in_force_from is None or self.in_force_from <= on) and (
            self.in_force_until is None or on <= self.in_force_until
        )

    def covers_stage(self, stage: str | None) -> bool:
        """Whether the rule protects schools of a stage; an unknown stage is taken as covered."""
        return not self.stages or stage is None or stage in self.stages

    def covers_district(self, district: str | None) -> bool:
        """Whether the rule holds in a district (adcode). A local rule does not reach where no district is known."""
        return not self.districts or (district is not None and district.startswith(self.districts))


class RulePack(_Strict):
    """A set of rules of one origin.

    `text` is the file it was read from and `sha256` that of the text in UTF-8: it stands in the provenance of
    every result, and the store keeps the text under it.
    """

    format: Literal[1]
    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")
    version: str = Field(min_length=1, max_length=40)
    title_zh: str = Field(min_length=1, max_length=100)
    title_en: str = Field(min_length=1, max_length=100)
    disclaimer_zh: str = Field(default="", max_length=1000)
    disclaimer_en: str = Field(default="", max_length=1000)
    text: str = Field(default="", repr=False, exclude=True)
    sha256: str = ""
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [rule.id for rule in self.rules]
        twice = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
        if twice:
            msg = f"rules: the id {', '.join(twice)} stands more than once"
            raise ValueError(msg)
        return self

    def rules_for(
        self,
        *,
        on: dt.date,
        category: str | None = None,
        stage: str | None = None,
        district: str | None = None,
    ) -> tuple[Rule, ...]:
        """Return the rules in force on a day, narrowed by what is given; None narrows nothing.

        With a category only rules about places remain.
        """
        return tuple(
            rule
            for rule in self.rules
            if rule.in_force(on)
            and (category is None or rule.any_place or category in rule.categories)
            and rule.covers_stage(stage)
            and (district is None or rule.covers_district(district))
        )

    def title(self, language: Language) -> str:
        """Return the title in a language."""
        return self.title_zh if language == "zh" else self.title_en

    def disclaimer(self, language: Language) -> str:
        """Return the disclaimer in a language."""
        return self.disclaimer_zh if language == "zh" else self.disclaimer_en

    def get(self, rule_id: str) -> Rule | None:
        """Return a rule by id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
