"""The errand with a table of its own, drafted: what an owner sees who edits it."""

from xml.sax.saxutils import escape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.core.store import Store
from engine.processes import versions
from tests.engine.scenarios.errand import files

PATH = "bpmn/errand/fees.dmn"
SHEET = "/studio/errand/tables/fees"


def table(*rows: str, policy: str = "UNIQUE", more: str = "") -> bytes:
    """Fees by weight (a number) and urgency (yes or no): the fee and who takes it. Cells between `;`."""
    rules = "".join(
        f'<rule id="r{at}">'
        + "".join(
            f"<{tag}><text>{escape(cell.strip())}</text></{tag}>"
            for tag, cell in zip(["inputEntry"] * 2 + ["outputEntry"] * 2, row.split(";"), strict=False)
        )
        + "</rule>"
        for at, row in enumerate(rows)
    )
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:w="urn:bilingual" id="d" name="d"
 namespace="n"><!-- by hand --><decision id="fees" name="跑腿费" w:en="Fees"><decisionTable id="t" hitPolicy="{policy}">
 <input id="i1" label="重量" w:en="Weight"><inputExpression typeRef="number"><text>loopCounter</text></inputExpression></input>
 <input id="i2" label="急" w:en="Urgent"><inputExpression typeRef="boolean"><text>urgent</text></inputExpression></input>
 <output id="o1" label="费用" w:en="Fee" name="fee" typeRef="number"/>
 <output id="o2" label="谁去" w:en="Who" name="who" typeRef="string"/>{rules}</decisionTable></decision>{more}</definitions>""".encode()


def publish(store: Store, text: bytes) -> None:
    """Publish the errand with this table."""
    with store.transaction() as session:
        versions.store(session, "errand", {**files(), PATH: text}, note="第一版")


def change(owner: FlaskClient, seen: int, **asked: object) -> TestResponse:
    """Do one act to the table, as the script of the sheet does."""
    return owner.post("/studio/errand/table-change/fees", json={**asked, "seen": seen})


def now(owner: FlaskClient) -> bytes:
    """The file as it is now."""
    return owner.get(f"/studio/errand/files/{PATH}").data
