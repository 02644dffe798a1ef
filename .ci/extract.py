"""Takes 16 fields out of a Unified Audit Log and counts by operation and user, with a tool that is not ours, on one thread:
extract.py duckdb|polars|json FILE. What `bash .ci/long speed` sets beside the program."""
import json
import sys

tool, path = sys.argv[1:]
FIELDS = ("CreationTime Id Operation OrganizationId ResultStatus UserKey Workload ObjectId UserId ClientIP ClientIPAddress "
          "ClientInfoString AppId SessionId MailboxOwnerUPN UserType").split()
ROWS = "count(*), " + ", ".join(f"count({f})" for f in FIELDS if f not in ("Operation", "UserId"))


def duck():
    import duckdb
    con = duckdb.connect()
    con.execute("set threads to 1")
    if path.endswith("csv"):
        cells = ", ".join(f"json_extract_string(AuditData, '$.{f}') as {f}" for f in FIELDS)
        rows = f"select {cells} from read_csv('{path}', header=true, quote='\"', escape='\"', all_varchar=true, max_line_size=16777216)"
    else:
        kinds = ", ".join(f"{f}: 'VARCHAR'" for f in FIELDS)
        rows = f"select * from read_json('{path}', format='newline_delimited', columns={{{kinds}}}, maximum_object_size=67108864)"
    print(len(con.execute(f"select Operation, UserId, {ROWS} from ({rows}) group by all").fetchall()))


def polar():
    import polars
    schema = {f: polars.String for f in FIELDS}
    if path.endswith("csv"):
        frame = polars.scan_csv(path).select(
            polars.col("AuditData").str.json_decode(polars.Struct(schema)).struct.unnest())
    else:
        frame = polars.scan_ndjson(path, schema=schema)
    print(frame.group_by("Operation", "UserId").agg(polars.all().count()).collect(engine="streaming").height)


def plain():
    counts = {}
    with open(path, "rb") as lines:
        for line in lines:
            one = json.loads(line)
            key = one.get("Operation"), one.get("UserId")
            counts[key] = counts.get(key, 0) + 1
    print(len(counts))


{"duckdb": duck, "polars": polar, "json": plain}[tool]()
