"""Writes operator_history.txt: every version of every operator of the ONNX standard, and its attributes.

The tests compare with it what Kiln's importers declare (Tests/KilnONNXTests/OperatorDeclarationTests.swift).

    python make_operator_history.py
"""

import pathlib

import onnx


def main():
    lines = [
        f"# From onnx {onnx.__version__}, by make_operator_history.py: operator, version, its attributes; "
        "'deprecated' where it is.\n"
    ]
    schemas = [schema for schema in onnx.defs.get_all_schemas_with_history() if schema.domain == ""]
    for schema in sorted(schemas, key=lambda schema: (schema.name, schema.since_version)):
        words = [schema.name, str(schema.since_version)] + ["deprecated"] * schema.deprecated + sorted(schema.attributes)
        lines.append(" ".join(words) + "\n")
    pathlib.Path(__file__).with_name("operator_history.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
