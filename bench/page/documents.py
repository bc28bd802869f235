"""What is asked of all servers."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

MODEL = "slug name description status license contextWindow popularity rating price isPublic owner createdAt"
PAGE = f"""query Page {{
  models(first: 50) {{
    {MODEL}
    deployments {{ name environment phase replicas latencyMs }}
    metrics {{ requests errors latencyP50 latencyP95 cost uptime }}
  }}
}}"""
SMALL = f"""query Small {{ model(slug: "provider-1/model-1") {{ {MODEL} }} }}"""
ROWS = """query Rows {
  samples(first: 1000) { label host unit kind count errors mean peak healthy takenAt }
}"""
UNION = """query Union {
  changes(first: 50) {
    summary kind happenedAt
    actor { __typename ... on Team { title area members } ... on Person { name email city } }
  }
}"""


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of request. `is_cold`: each has a comment of its own, so that no cache knows its document."""

    name: str
    title: str
    document: str
    is_cold: bool = False

    def body(self, mark: str = "") -> bytes:
        """The request's body; `mark` ends the document as a comment."""
        document = f"{self.document}\n# {mark}" if self.is_cold else self.document
        operation = self.document.split(maxsplit=2)[1]
        return orjson.dumps({"query": document, "operationName": operation})


WORKS = (
    Work("page", "50 models × 12 scalars, 3 deployments × 5 and 1 metrics object × 6 each", PAGE),
    Work("small", "one object × 12 scalars", SMALL),
    Work("rows", "1,000 rows × 10 scalars", ROWS),
    Work("union", "50 rows × 3 scalars with a union × 3 each", UNION),
    Work("cold", "the page, each request with a document never seen before", PAGE, is_cold=True),
    Work("cold-small", "the one object, each request with a document never seen before", SMALL, is_cold=True),
)
