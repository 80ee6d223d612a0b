"""The store: one SQLite file or PostgreSQL database that holds layers, imports, screenings and results."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo_service.model.tables import Kind
from geo_service.store import batches, drawing, layers, listings, screenings, summary
from geo_service.store.address import Address, check_file, missing_store, parse_address, unreachable
from geo_service.store.engine import make_engine, reading, writing
from geo_service.store.listings import PlaceSort, SchoolSort
from geo_service.store.migrate import schema_state, upgrade
from geo_service.store.records import Batch, BBox, LayerPart, Page, Saved, ScreeningRun
from geo_service.store.screenings import ResultKind
from geo_service.store.standing import Standing


class Store:
    """An open store. Threads may share it: each call is one transaction on a connection of its own.

    Reading calls see one state each; on SQLite as on PostgreSQL they never wait for a writer. Writing calls
    are all or nothing and wait for one another. Every call may raise `StoreUnavailable`.
    """

    def __init__(self, engine: sa.Engine, address: Address) -> None:
        self._engine = engine
        self._address = address

    @classmethod
    def open(cls, address: str, *, create: bool = False) -> "Store":
        """Open a store, upgrading an older schema.

        Parameters
        ----------
        address
            The path of a SQLite file, or `postgresql://user:password@host:port/database`.
        create
            Create the file or the tables where there are none (the database of a server must exist).

        Raises
        ------
        StoreMissing
            If there is no store yet and it may not be created.
        StoreNewer
            If a newer version of the program wrote it.
        StoreUnavailable
            If it cannot be reached, written or understood, or is somebody else's.
        """
        place = parse_address(address)
        if place.path is not None:
            check_file(place, place.path, create=create)
            if create:
                try:
                    place.path.touch(mode=0o600, exist_ok=True)
                except OSError as error:
                    raise unreachable(place, error.strerror or str(error)) from None
        engine = make_engine(place)
        try:
            state = schema_state(engine, place)
            if state == "empty" and not create:
                raise missing_store(place)
            if state != "current":
                upgrade(engine, place)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, place)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def address(self) -> str:
        """The address as it may be shown: without a password."""
        return self._address.shown

    def _read(self) -> AbstractContextManager[sa.Connection]:
        return reading(self._engine, self._address)

    def _write(self) -> AbstractContextManager[sa.Connection]:
        return writing(self._engine, self._address)

    # Layers

    def save_layer(
        self,
        frame: gpd.GeoDataFrame,
        kind: Kind,
        batch: Batch,
        source_rows: Sequence[int] | NDArray[np.int64] | None = None,
    ) -> Saved:
        """Store a table: records of the same id are replaced as a whole, others are added, none is deleted.

        Parameters
        ----------
        frame
            n rows after the contract of `kind` (checked here). Columns that it lacks become empty, also in
            records that are replaced. Geometries are stored in two dimensions.
        batch
            The import, stored with the rows in one transaction, which also raises `data_version`.
        source_rows
            Per row its number in the source, as the user sees it.

        Raises
        ------
        ContractError
            With all faults of the table; nothing is stored then.
        """
        with self._write() as connection:
            return layers.save_layer(connection, frame, kind, batch, source_rows)

    def save_layers(
        self, parts: Iterable[LayerPart], *, gate_schools: Mapping[str, str] | None = None
    ) -> list[Saved]:
        """Store several tables in one transaction: all of them or none; see `save_layer`.

        `gate_schools` are schools by gate, for gates that are stored already and whose school has come in.
        """
        with self._write() as connection:
            saved = [
                layers.save_layer(connection, part.frame, part.kind, part.batch, part.source_rows)
                for part in parts
            ]
            layers.set_gate_schools(connection, gate_schools or {})
            return saved

    def replace_boundaries(self, frame: gpd.GeoDataFrame, batch: Batch) -> Saved:
        """Store boundaries in place of all that are there."""
        with self._write() as connection:
            saved = layers.save_layer(connection, frame, "boundaries", batch, None)
            layers.delete_other_boundaries(connection, saved.batch_id)
            return saved

    def load_layer(
        self,
        kind: Kind,
        *,
        columns: Collection[str] | None = None,
        bbox: BBox | None = None,
        district: str | None = None,
        ids: Collection[str] | None = None,
        limit: int | None = None,
    ) -> gpd.GeoDataFrame:
        """Return a table that fulfils its contract, ordered by id.

        Parameters
        ----------
        columns
            Only these besides geometry and the index `id`; all without it. Missing values are None in text,
            <NA> in integers (Int64) and truth values (boolean), NaN in numbers.
        bbox
            Only records whose extent meets the rectangle (touching counts).
        district
            Only records of the district; for schools, places and posts.
        ids
            Only these, as far as they exist.
        """
        with self._read() as connection:
            return layers.load_layer(
                connection, kind, columns=columns, bbox=bbox, district=district, ids=ids, limit=limit
            )

    def count(self, kind: Kind) -> int:
        """Return the number of records of a layer."""
        with self._read() as connection:
            return layers.count(connection, kind)

    def counts(self) -> dict[Kind, int]:
        """Return the number of records of every layer."""
        with self._read() as connection:
            return layers.counts(connection)

    def data_version(self) -> int:
        """Return the version of the data: 0 for an empty store, one more with every saved layer."""
        with self._read() as connection:
            return batches.data_version(connection)

    def is_demo(self) -> bool:
        """Whether the store holds, or ever held, demo data."""
        with self._read() as connection:
            return batches.is_demo(connection)

    def batches(self, limit: int = 100) -> list[Batch]:
        """Return the newest imports, newest first, at most 1000."""
        with self._read() as connection:
            return batches.batches(connection, limit)

    # Screenings

    def save_screening(
        self,
        run: ScreeningRun,
        exposures: pd.DataFrame,
        schools: pd.DataFrame,
        gates: pd.DataFrame,
        *,
        rule_pack: str | None = None,
    ) -> int:
        """Store a run; its results replace those of the run before. Return the id of the run.

        Parameters
        ----------
        exposures, schools, gates
            Results with exactly the columns of the tables `exposures`, `school_results` and `gate_results`.
            `terms` and `departments` are lists, or JSON text of lists.
        rule_pack
            Text of the pack that was applied; kept under its SHA-256.

        Raises
        ------
        ContractError
            For missing or unknown columns, missing values, words that are not in the vocabulary, and results
            about records that are not stored; nothing is changed then.
        """
        with self._write() as connection:
            return screenings.save_screening(
                connection, run, {"exposures": exposures, "schools": schools, "gates": gates}, rule_pack
            )

    def rule_pack(self, sha256: str) -> str | None:
        """Return the text of a rule pack that was screened by, or None."""
        with self._read() as connection:
            return screenings.rule_pack_text(connection, sha256)

    def current_screening(self) -> ScreeningRun | None:
        """Return the run whose results are stored, or None; `.stale` says whether the data changed since."""
        with self._read() as connection:
            return screenings.current_screening(connection)

    def load_results(self, kind: ResultKind) -> pd.DataFrame:
        """Return all results of the current screening: of `schools`, of `gates`, or the `exposures`."""
        with self._read() as connection:
            return screenings.load_results(connection, kind)

    # Lists and records

    def list_schools(
        self,
        *,
        q: str | None = None,
        district: str | None = None,
        stage: str | None = None,
        state: str | None = None,
        sort: SchoolSort = "remaining",
        limit: int = 50,
        offset: int = 0,
    ) -> Page[dict[str, Any]]:
        """Return schools: contract columns, `lon`, `lat`, and the result columns (None if not screened).

        `q` is looked for in name, id and address. At most 1000 at once. `ValueError` for an unknown `sort`.
        """
        with self._read() as connection:
            return listings.list_schools(
                connection,
                q=q,
                district=district,
                stage=stage,
                state=state,
                sort=sort,
                limit=limit,
                offset=offset,
            )

    def list_places(
        self,
        *,
        q: str | None = None,
        category: str | Collection[str] | None = None,
        district: str | None = None,
        band: Standing | None = None,
        bbox: BBox | None = None,
        sort: PlaceSort = "name",
        limit: int = 50,
        offset: int = 0,
    ) -> Page[dict[str, Any]]:
        """Return places: contract columns, `lon`, `lat`, and the `band` (inside, borderline, survey, None).

        `q` is looked for in name, id, address and licence number; `bbox` asks for the place's own point. At
        most 1000 at once. `ValueError` for an unknown `sort`.
        """
        with self._read() as connection:
            return listings.list_places(
                connection,
                q=q,
                category=category,
                district=district,
                band=band,
                bbox=bbox,
                sort=sort,
                limit=limit,
                offset=offset,
            )

    def list_exposures(
        self,
        *,
        school_id: str | None = None,
        place_id: str | None = None,
        rule_id: str | None = None,
        band: str | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> Page[dict[str, Any]]:
        """Return exposures, the gravest and nearest first, with names, districts, stage and category.

        At most 1000 at once. `band` is that of the exposure (inside, borderline).
        """
        with self._read() as connection:
            return listings.list_exposures(
                connection,
                school_id=school_id,
                place_id=place_id,
                rule_id=rule_id,
                band=band,
                limit=limit,
                offset=offset,
            )

    def get_school(self, key: str) -> dict[str, Any] | None:
        """Return one school as in `list_schools`, or None."""
        with self._read() as connection:
            return listings.get_record(connection, "schools", key)

    def get_place(self, key: str) -> dict[str, Any] | None:
        """Return one place as in `list_places`, or None."""
        with self._read() as connection:
            return listings.get_record(connection, "places", key)

    def get_gate(self, key: str) -> dict[str, Any] | None:
        """Return one gate with `covered`, `post_id` and `post_distance_m`, or None."""
        with self._read() as connection:
            return listings.get_record(connection, "gates", key)

    def get_post(self, key: str) -> dict[str, Any] | None:
        """Return one duty post, or None."""
        with self._read() as connection:
            return listings.get_record(connection, "posts", key)

    # Drawing and figures

    def place_points(
        self, *, bbox: BBox | None = None, limit: int = 2000, categories: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Return places to draw, ordered by id: `id`, `lon`, `lat`, `category`, `band`, `name`.

        `band` is the strongest of the place's exposures: `inside` or `borderline` by a rule that may ban,
        `survey` where only campaign rules met it, else None. At most 100 000.
        """
        with self._read() as connection:
            return drawing.place_points(connection, bbox=bbox, limit=limit, categories=categories)

    def place_clusters(
        self, *, cell_deg: float, bbox: BBox | None = None, categories: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Return cells of a grid that hold places: mean `lon` and `lat`, `count`, `inside`, `borderline`.

        The counts add up to `place_count` of the same rectangle.
        """
        with self._read() as connection:
            return drawing.place_clusters(connection, bbox=bbox, cell_deg=cell_deg, categories=categories)

    def place_count(self, *, bbox: BBox | None = None, categories: Collection[str] | None = None) -> int:
        """Return how many places have their point in a rectangle (edges belong to it)."""
        with self._read() as connection:
            return drawing.place_count(connection, bbox=bbox, categories=categories)

    def summary(self) -> dict[str, Any]:
        """Return the figures of the start page.

        `data_version`, `demo`; `schools`: `total`, `by_state`, `by_district` (rows of district, name, total,
        by_state); `places`: `total`, `inside`, `borderline`, `survey`, and the same `by_category`;
        `exposures`: `total`, `by_band`, `by_meaning`; `gates`: `total`, `covered`, `uncovered`, `unknown`;
        `posts`: `total`, `by_kind`. Schools without a result are counted as state `not_screened`.
        """
        with self._read() as connection:
            return summary.summary(connection)
