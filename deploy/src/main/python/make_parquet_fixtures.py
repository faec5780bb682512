"""Makes gpu-actor's Parquet fixtures: the same rows with each compression, encoding and page
version that writers use, and files that must be refused.

Needs: pyarrow. Run: python make_parquet_fixtures.py OUT_FOLDER
"""

import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 150


def text(row):
    """What TablesTest expects of a row."""
    return "" if row % 29 == 28 else f"row {row}: " + "wörd " * (row * 7 % 50)


def table(texts):
    rows = range(len(texts))
    return pa.table({
        "id": pa.array(list(rows), pa.int64()),
        "text": pa.array(texts, pa.string()),
        "same": pa.array([f"same {row % 3}" for row in rows], pa.string()),
        "meta": pa.array([{"text": "inner", "lang": "en"} for _ in rows]),
        "tags": pa.array([["a", "b"] for _ in rows]),
    })


def main(out):
    os.makedirs(out, exist_ok=True)

    def write(name, data, **options):
        pq.write_table(data, os.path.join(out, name), row_group_size=40, **options)

    rows = table([text(row) for row in range(ROWS)])
    write("snappy.parquet", rows, compression="snappy")
    write("zstd.parquet", rows, compression="zstd", data_page_version="2.0", data_page_size=512)
    write("gzip.parquet", rows, compression="gzip", write_page_index=True)
    write("none.parquet", rows, compression="none", use_dictionary=False)
    write("delta.parquet", rows, compression="zstd", use_dictionary=False,
          column_encoding={"text": "DELTA_BYTE_ARRAY", "same": "DELTA_LENGTH_BYTE_ARRAY"})
    write("lz4.parquet", rows, compression="lz4")
    write("nulls.parquet", table([None if row % 60 == 50 else text(row) for row in range(ROWS)]))
    latin = pa.table({"text": pa.array([b"good", b"ab\xe9c"], pa.binary())})
    write("latin.parquet", latin)
    write("numbers.parquet", pa.table({"text": pa.array([1, 2])}))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
