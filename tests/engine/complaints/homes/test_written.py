"""Homes as tables name them: each part once, whichever cell names it, and nothing guessed."""

import pytest

from engine.complaints.homes import addresses, written
from engine.complaints.homes.households import label
from engine.core.errors import Unclear

pytestmark = pytest.mark.fault(29)

CELLS = (
    (("3#楼", "", "3栋2单元0501"), "3栋2单元0501"),
    (("三栋", "二单元", "501室"), "3栋2单元501"),
    (("3号楼", "2单元", "501"), "3栋2单元501"),
    (("3栋", "2", "2单元501"), "3栋2单元501"),
    (("叁幢", "贰单元", "3-2-501"), "3栋2单元501"),
    (("03栋", "02单元", "501号"), "3栋2单元501"),
    (("二十一栋", "", "21栋501"), "21栋501"),
    (("99栋", "", "九十九栋十二单元101"), "99栋12单元101"),
    (("3栋2单元", "", "501"), "3栋2单元501"),
    (("", "3栋2单元", "501"), "3栋2单元501"),
    (("", "", "３栋－２单元－５０１"), "3栋2单元501"),
    (("", "", "阳光里3栋2单元501"), "3栋2单元501"),
    (("桂花苑3号楼", "", "3栋502"), "桂花苑3栋502"),
    (("3", "", "2-501"), "3栋2单元501"),
    (("3", "2", "501-1"), "3栋2单元501-1"),
    (("3", "", "5楼501"), "3栋501"),
    (("A座", "", "1203"), "A栋1203"),
    (("3栋", "乙单元", "501"), "3栋乙单元501"),
    (("东区", "", "S101"), "东区S101"),
    (("", "", "Building 3, Unit 2, Room 501"), "3栋2单元501"),
)


@pytest.mark.parametrize(("cells", "home"), CELLS)
def test_each_part_of_a_home_is_taken_once(cells: tuple[str, str, str], home: str) -> None:
    found = written.read(*cells, community="阳光里")
    assert label(found.building, found.unit, found.room) == home


@pytest.mark.parametrize(
    "cells", [("3栋", "2单元", "4栋2单元501"), ("3", "1", "2-501"), ("3", "", "3-501"), ("3", "", "5楼301")]
)
def test_what_contradicts_itself_or_has_two_readings_is_said(cells: tuple[str, str, str]) -> None:
    with pytest.raises(Unclear):
        written.read(*cells)


@pytest.mark.parametrize("said", ["3#楼", "3栋", "三栋", "3号楼", "3幢", "叁栋", "3 # 楼", "３座", "03栋"])
def test_one_building_has_one_name(said: str) -> None:
    assert written.building(said) == "3"
    assert addresses.key(f"{said}2单元501") == "3-2-501"


@pytest.mark.parametrize(
    ("said", "unit"), [("二单元", "2"), ("2单元", "2"), ("02", "2"), ("贰单元", "2"), ("甲单元", "甲")]
)
def test_one_unit_has_one_name(said: str, unit: str) -> None:
    assert written.unit(said) == unit
