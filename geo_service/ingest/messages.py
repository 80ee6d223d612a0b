"""Texts of row faults, notes and reasons, by their stable codes."""

from typing import Final

from geo_service.i18n import N_

FAULTS: Final[dict[str, tuple[str, str]]] = {
    "cell-count": (
        N_("The row has {cells} cells, but the header has {expected}."),
        N_("Look for a missing or extra separator; put texts that contain one in quotation marks."),
    ),
    "quotes": (
        N_("The quotation marks in lines {first} to {last} do not match."),
        N_("Write a quotation mark inside a text twice, or remove it."),
    ),
    "missing-value": (N_("{column} is empty."), N_("Fill in the cell.")),
    "formula-without-result": (
        N_("{column} holds a formula whose result was not saved."),
        N_("Open the file in Excel and save it again."),
    ),
    "missing-coordinates": (
        N_("The coordinates are missing."),
        N_("Fill in both coordinates, or position the record later by hand."),
    ),
    "not-a-number": (
        N_("“{value}” in {column} is not a number."),
        N_("Write a plain number such as 113.1234 or 1200."),
    ),
    "not-an-integer": (N_("“{value}” in {column} is not a whole number."), N_("Write a whole number.")),
    "out-of-range": (
        N_("“{value}” in {column} lies outside {minimum} to {maximum}."),
        N_("Check the value and its unit."),
    ),
    "not-a-boolean": (N_("“{value}” in {column} is neither yes nor no."), N_("Write 是 or 否.")),
    "not-a-date": (
        N_("“{value}” in {column} is not a date that can be understood."),
        N_("Write year, month and day, such as 2024-03-05."),
    ),
    "not-a-time": (N_("“{value}” in {column} is not a time of day."), N_("Write it as 07:50.")),
    "not-a-window": (
        N_("“{value}” in {column} is not a list of time windows."),
        N_("Write start and end, such as 07:20-08:10;16:30-17:20."),
    ),
    "window-order": (
        N_("A time window of “{value}” ends before it starts."),
        N_("Write the start first; a window cannot pass midnight."),
    ),
    "unknown-category": (
        N_("“{value}” in {column} is not a known word."),
        N_("Similar known words: {similar}. Correct the cell."),
    ),
    "unknown-word": (
        N_("“{value}” in {column} is not a known word."),
        N_("Known words are {known}. Correct the cell."),
    ),
    "too-long": (
        N_("The text in {column} has {length} characters; at most {maximum} are allowed."),
        N_("Shorten the text."),
    ),
    "duplicate-id": (
        N_("The id “{value}” already stands in row {first_row}."),
        N_("Remove the repeated row, or give it an id of its own."),
    ),
    "repeated-row": (
        N_("The row says the same as row {first_row}."),
        N_("It is stored once. If it is another place, correct its name or position, or give it an id."),
    ),
    "not-a-school": (
        N_("“{value}” is a university, college, or training or driving firm, not a school of these rules."),
        N_("Remove the row; if it is a school, write its stage, such as 中等职业学校."),
    ),
    "coordinates-outside": (
        N_("The coordinates {value} cannot belong to {system}."),
        N_("Check the digits, their order and the coordinate system."),
    ),
    "empty-geometry": (N_("The feature has no geometry."), N_("Draw the feature, or remove the row.")),
    "broken-geometry": (
        N_("The geometry cannot be read."),
        N_("Write it as WKT, such as POLYGON ((113.1 29.3, …)), or draw it again."),
    ),
    "wrong-geometry": (
        N_("The geometry is a {found}; this table takes {allowed}."),
        N_("Export the right layer, or draw the feature again."),
    ),
    "invalid-geometry": (
        N_("The polygon is invalid ({reason}) and cannot be repaired without guessing."),
        N_("Repair the polygon, for example with the geometry tools of QGIS."),
    ),
    "campus-too-large": (
        N_("The campus polygon covers {area_km2} km², which no school has."),
        N_("Check that the polygon is the campus and not a district."),
    ),
    "feature-unreadable": (
        N_("The feature is not written as GeoJSON asks ({reason})."),
        N_("Export the file again from the program that made it."),
    ),
    "osm-no-area": (
        N_("The {value} object is tagged as an area but has no closed boundary."),
        N_("Correct the outline in OpenStreetMap, or add the record by hand."),
    ),
}

NOTES: Final[dict[str, str]] = {
    "encoding-gb18030": N_("The bytes were also valid UTF-8 but made no sense in it; read as GB18030."),
    "header-row": N_("The header was found in row {row}; the lines above it were left out."),
    "blank-rows": N_("{count} empty rows were left out."),
    "footer": N_("{count} rows at the end are totals or remarks (from row {row}) and were left out."),
    "no-header": N_("{count} rows have cells in columns without a name; these cells were left out."),
    "sheet": N_("Read the sheet “{sheet}”; not read: {others} ({rows} rows)."),
    "sheets": N_("Sheets of the same columns were read as one table: {names}."),
    "digits-lost": N_(
        "{count} numbers of more than 15 digits in {column} (rows {rows}) had lost their last digits and were "
        "not taken over; format the column as text and enter them again."
    ),
    "formula-cells": N_(
        "{count} formulas in {column} (rows {rows}) have no saved result and were left empty; open the file in "
        "Excel and save it again."
    ),
    "layer": N_("Read the layer “{layer}”; not read: {others}."),
    "second-column": N_("The column “{column}” was not used for {target}, because “{winner}” was."),
    "masked": N_("In {count} cells of {column}, phone or identity numbers or accounts were masked."),
    "personal-ids": N_("{count} cells of {column} hold mobile or identity numbers and were not taken over."),
    "dimension-dropped": N_("Heights or measures of {count} geometries were dropped."),
    "repaired": N_("{count} invalid polygons were repaired without changing their area."),
    "single-part": N_("{count} multipoints of one point were read as points."),
    "surveyors-order": N_("X was read as northing and Y as easting (surveyors' order)."),
    "crs-cgcs2000": N_("The file says {file_crs}; {system} was declared. They differ by centimetres only."),
    "crs-shifted": N_("The file says {file_crs}, but {system} was declared; the declaration was followed."),
    "stage-from-name": N_("The stage of {count} schools was read from their names or id codes."),
    "stage-unknown": N_("The stage of {count} schools is unknown; rules for all stages apply to them."),
    "value-unknown": N_("{count} values of {column} are not known words and were left empty: {examples}."),
    "no-expiry": N_("{count} licences without an end date (长期) were read as having none."),
    "unit": N_("{column} was converted from {unit}."),
    "small-campus": N_("{count} campus polygons are smaller than 100 m²; check them."),
    "control-characters": N_("Control characters in {count} cells of {column} were replaced by spaces."),
    "nested": N_("Columns with nested or binary values were left out: {columns}."),
    "projection-sidefile": N_("The coordinate system written in the file could not be understood: {text}"),
    "osm-tags": N_("The file holds {nodes} points, {ways} ways and {relations} relations tagged {tag}."),
    "osm-duplicate-school": N_(
        "{count} school points inside a school area of the same name were left out: {ids}."
    ),
    "osm-not-school": N_("{count} objects tagged as schools are universities or training firms."),
    "osm-unnamed": N_("{count} objects without a name carry the name of their kind."),
    "osm-gates-read": N_(
        "{count} points with these tags were compared with the schools; {both} have a barrier and an entrance "
        "tag. Ways, relations and entrance=no are not gates."
    ),
    "osm-gates-elsewhere": N_("{count} gates are not within 15 m of a school's boundary."),
    "osm-doors": N_("{count} building doors inside a campus were not taken for gates."),
    "osm-roads-left-out": N_("{count} ways are no roads in use (building sites, platforms, races …)."),
    "osm-incomplete": N_("{count} ways lack points in this extract and were left out."),
}

REASONS: Final[dict[str, str]] = {
    "name": N_("the column's own name"),
    "label": N_("the column's label"),
    "alias": N_("a usual header for it"),
    "tag": N_("an OpenStreetMap tag"),
    "personal-header": N_("the header names data about people"),
    "personal-values": N_("the values look like mobile or identity numbers"),
}
