"""What every page route is given, and the one way to answer with a page."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from geo_service.i18n import Language
from geo_service.web.dependencies import FactsDep, LanguageDep
from geo_service.web.facts import Facts
from geo_service.web.language import redirect_to_choice
from geo_service.web.templating import Templates


class PageAnswers:
    """Answers a page request: in the reader's language, or with the redirect that stores a new choice."""

    def __init__(self, request: Request, facts: Facts, language: Language) -> None:
        self._request = request
        self._templates: Templates = request.app.state.templates
        self.facts = facts
        self.language = language
        self.redirect = redirect_to_choice(request)

    def show(self, name: str, active: str, context: Mapping[str, Any]) -> Response:
        """Return a page from its template."""
        if self.redirect is not None:
            return self.redirect
        return self._templates.page(
            self._request, name, active=active, language=self.language, facts=self.facts, context=context
        )


async def _page(request: Request, facts: FactsDep, language: LanguageDep) -> PageAnswers:
    return PageAnswers(request, facts, language)


PageDep = Annotated[PageAnswers, Depends(_page)]
