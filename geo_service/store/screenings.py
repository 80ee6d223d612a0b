"""Screenings: a run and its results replace those of the run before, in one transaction."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

import pandas as pd
import sqlalchemy as sa

from geo_service.errors import ContractError
from geo_service.i18n import N_
from geo_service.model.tables import ValueType
from geo_service.model.vocabulary import BANDS, MEANINGS, METHODS, RULE_STATUSES, SCHOOL_STATES
from geo_service.store.batches import data_version
from geo_service.store.bulk import Rows, insert_rows
from geo_service.store.columns import JsonText
from geo_service.store.records import ScreeningRun
from geo_service.store.schema import (
    EXPOSURES,
    GATE_RESULTS,
    PLACE_RESULTS,
    RULE_PACKS,
    SCHOOL_RESULTS,
    SCREENINGS,
)
from geo_service.store.search import existing_ids
from geo_service.store.standing import rank_places
from geo_service.store.values import PANDAS_TYPES, plain_values

ResultKind = Literal["exposures", "schools", "gates"]
RESULT_TABLES: Final[Mapping[ResultKind, sa.Table]] = {
    "exposures": EXPOSURES,
    "schools": SCHOOL_RESULTS,
    "gates": GATE_RESULTS,
}
_OWN_COLUMNS: Final = frozenset({"id", "screening_id"})  # given by the store
_VOCABULARY: Final[Mapping[str, Collection[str]]] = {
    "band": BANDS.keys() - {"outside"},
    "meaning": MEANINGS,
    "method": METHODS,
    "rule_status": RULE_STATUSES,
    "state": SCHOOL_STATES,
}
_CHUNK_ROWS: Final = 20_000


def save_screening(
    connection: sa.Connection,
    run: ScreeningRun,
    results: Mapping[ResultKind, pd.DataFrame],
    rule_pack: str | None,
) -> int:
    """Write a run and its results in the transaction of the connection; see `Store.save_screening`."""
    for kind, frame in results.items():
        _check(kind, frame)
        _check_references(connection, kind, frame)
    if rule_pack is not None and rule_pack_text(connection, run.rule_pack_sha256) is None:
        connection.execute(sa.insert(RULE_PACKS).values(sha256=run.rule_pack_sha256, content=rule_pack))
    values = {
        column.name: getattr(run, column.name)
        for column in SCREENINGS.columns
        if column.name not in {"id", "as_of"}
    }
    key = connection.execute(
        sa.insert(SCREENINGS).values(as_of=run.on.isoformat(), **values)
    ).inserted_primary_key
    assert key is not None
    screening_id = int(key[0])
    for table in (PLACE_RESULTS, GATE_RESULTS, SCHOOL_RESULTS, EXPOSURES):
        connection.execute(sa.delete(table))
    for kind, frame in results.items():
        columns = [column.name for column in RESULT_TABLES[kind].columns]
        insert_rows(connection, RESULT_TABLES[kind], columns, _chunks(kind, frame, columns, screening_id))
    rank_places(connection)
    for table in (EXPOSURES, PLACE_RESULTS):
        connection.execute(sa.text(f"ANALYZE {table.name}"))
    return screening_id


def _check(kind: ResultKind, frame: pd.DataFrame) -> None:
    table = RESULT_TABLES[kind]
    known = {column.name: column for column in table.columns if column.name not in _OWN_COLUMNS}
    faults = [f"unknown column {name}" for name in frame.columns if name not in known]
    faults += [f"missing column {name}" for name in known if name not in frame.columns]
    for name in known.keys() & set(frame.columns):
        missing = int(frame[name].isna().sum())
        if missing and not known[name].nullable:
            faults.append(f"{name}: {missing} missing values")
        if name in _VOCABULARY:
            strange = sorted({str(value) for value in frame[name].dropna().unique()} - set(_VOCABULARY[name]))
            faults += [f"{name}: not in the vocabulary: {', '.join(strange[:5])}"] if strange else []
    primary = [column.name for column in table.primary_key if column.name not in _OWN_COLUMNS]
    if primary and not faults and frame.duplicated(primary).any():
        faults.append(f"{primary[0]}: repeated")
    if faults:
        raise _broken(kind, faults)


def _check_references(connection: sa.Connection, kind: ResultKind, frame: pd.DataFrame) -> None:
    """Refuse results about records that are not stored, before the database would with less to say."""
    faults = []
    for column in RESULT_TABLES[kind].columns:
        targets = [key.column for key in column.foreign_keys if column.name not in _OWN_COLUMNS]
        if targets:
            named = {str(key) for key in frame[column.name].dropna().unique()}
            unknown = sorted(named - existing_ids(connection, targets[0].table, named))
            faults += [f"{column.name}: not stored: {', '.join(unknown[:5])}"] if unknown else []
    if faults:
        raise _broken(kind, faults)


def _broken(kind: ResultKind, faults: list[str]) -> ContractError:
    return ContractError(
        N_("The table {kind} breaks its contract: {faults_text}."),
        faults=faults,
        kind=RESULT_TABLES[kind].name,
    )


def _chunks(kind: ResultKind, frame: pd.DataFrame, columns: list[str], screening_id: int) -> Iterator[Rows]:
    table = RESULT_TABLES[kind]
    for start in range(0, len(frame), _CHUNK_ROWS):
        part = frame.iloc[start : start + _CHUNK_ROWS]
        values: dict[str, list[Any]] = {
            "id": list(range(start + 1, start + len(part) + 1)),
            "screening_id": [screening_id] * len(part),
        }
        for name in columns:
            if name in values:
                continue
            if isinstance(table.c[name].type, JsonText):
                values[name] = _json_texts(part[name])
            else:
                values[name] = plain_values(part[name], value_type(table.c[name]), table=table.name)
        yield list(zip(*(values[name] for name in columns), strict=True))


def _json_texts(values: pd.Series) -> list[str | None]:
    """Return JSON texts; a text is taken as JSON already, and read to prove it. Few differ, so each is made once."""
    made: dict[str, str | None] = {}
    texts = []
    for value in values:
        key = repr(value)
        if key not in made:
            made[key] = _json_text(value)
        texts.append(made[key])
    return texts


def _json_text(value: object) -> str | None:
    if isinstance(value, str):
        value = json.loads(value)
    elif value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def value_type(column: sa.Column[Any]) -> ValueType:
    """Return the type of a result column in the words of the contracts."""
    if isinstance(column.type, sa.Boolean):
        return "boolean"
    if isinstance(column.type, sa.Integer):
        return "integer"
    return "number" if isinstance(column.type, sa.Double) else "text"


def current_screening(connection: sa.Connection) -> ScreeningRun | None:
    """Return the newest run, whose results are the ones stored, with the version the data has now."""
    query = sa.select(SCREENINGS).order_by(SCREENINGS.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    values = dict(row)
    on = date.fromisoformat(values.pop("as_of"))
    return ScreeningRun(on=on, **values, current_data_version=data_version(connection))


def rule_pack_text(connection: sa.Connection, sha256: str) -> str | None:
    """Return the text of a pack that was screened by, or None."""
    query = sa.select(RULE_PACKS.c.content).where(RULE_PACKS.c.sha256 == sha256)
    return connection.execute(query).scalar_one_or_none()


def load_results(connection: sa.Connection, kind: ResultKind) -> pd.DataFrame:
    """Return all results of one kind of the current screening, columns as they were saved."""
    table = RESULT_TABLES[kind]
    columns = [column for column in table.columns if column.name not in _OWN_COLUMNS]
    order = table.primary_key.columns.values()
    rows = connection.execute(sa.select(*columns).order_by(*order)).all()
    lists = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pd.DataFrame(
        {
            column.name: pd.Series(
                list(values),
                dtype="object" if isinstance(column.type, JsonText) else PANDAS_TYPES[value_type(column)],
            )
            for column, values in zip(columns, lists, strict=True)
        }
    )
