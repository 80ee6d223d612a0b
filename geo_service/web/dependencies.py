"""What handlers are given: store, facts, rules, language; all of it hangs on the app and is shared by threads.

What only looks something up is `async`: a plain `def` would cost a change of threads each. What asks the store is not.
"""

from typing import Annotated

from fastapi import Depends, Request

from geo_service.i18n import Language
from geo_service.rules import RulePack
from geo_service.store import Store
from geo_service.web.facts import FactKeeper, Facts
from geo_service.web.gates_and_posts import Rows
from geo_service.web.language import language_of
from geo_service.web.road_layer import Roads
from geo_service.web.versioned import Versioned


async def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _facts(request: Request) -> Facts:
    keeper: FactKeeper = request.app.state.facts
    return keeper.now()


async def _pack(facts: Annotated[Facts, Depends(_facts)]) -> RulePack:
    assert facts.pack is not None
    return facts.pack


def _gates(request: Request, facts: Annotated[Facts, Depends(_facts)]) -> Rows:
    gates: Versioned[Rows] = request.app.state.gates
    return gates.of(facts.version)


def _posts(request: Request, facts: Annotated[Facts, Depends(_facts)]) -> Rows:
    posts: Versioned[Rows] = request.app.state.posts
    return posts.of(facts.version)


def _districts(request: Request, facts: Annotated[Facts, Depends(_facts)]) -> Rows:
    districts: Versioned[Rows] = request.app.state.districts
    return districts.of(facts.version)


def _major_roads(request: Request, facts: Annotated[Facts, Depends(_facts)]) -> Roads:
    roads: Versioned[Roads] = request.app.state.major_roads
    return roads.of(facts.version)


async def _language(request: Request) -> Language:
    return language_of(request)


StoreDep = Annotated[Store, Depends(_store)]
PackDep = Annotated[RulePack, Depends(_pack)]
FactsDep = Annotated[Facts, Depends(_facts)]
GateRowsDep = Annotated[Rows, Depends(_gates)]
PostRowsDep = Annotated[Rows, Depends(_posts)]
DistrictRowsDep = Annotated[Rows, Depends(_districts)]
MajorRoadsDep = Annotated[Roads, Depends(_major_roads)]
LanguageDep = Annotated[Language, Depends(_language)]
