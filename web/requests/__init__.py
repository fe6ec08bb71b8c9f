"""Requests: cases of any process, started, listed, and seen one by one; what residents may start."""

from web.requests import openings, page, request_link, request_list, start_case

__all__ = ["BLUEPRINTS", "request_list"]

BLUEPRINTS = (start_case.blueprint, page.blueprint, request_link.blueprint, openings.blueprint)
