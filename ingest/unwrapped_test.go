package ingest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/unwrap"
)

// quotedJSON is a text as JSON.
func quotedJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // cannot be: texts always have a JSON form
	}
	return string(quoted)
}

// wrapLines puts something around every line.
func wrapLines(text []byte, around func(object string) string) []byte {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		b.WriteString(around(strings.TrimSpace(line)) + "\n")
	}
	return []byte(b.String())
}

// eachLine writes a line for every record.
func eachLine(t *testing.T, records []string, f func(n int, h wrapperHead, object string) string) []byte {
	t.Helper()
	var b strings.Builder
	for i, object := range records {
		b.WriteString(f(i, headOf(t, object), object) + "\n")
	}
	return []byte(b.String())
}

// listOf makes a list of lines.
func listOf(text []byte) []byte {
	return []byte("[" + strings.Join(strings.Split(strings.TrimSpace(string(text)), "\n"), ",\r\n") + "]")
}

// elasticLines are documents of Elasticsearch with the original text of a record, with what was made of it, or both.
func elasticLines(t *testing.T, records []string, original, parsed bool) []byte {
	t.Helper()
	return eachLine(t, records, func(n int, h wrapperHead, object string) string {
		event := fmt.Sprintf(`"action":%q,"dataset":"o365.audit","created":"2026-04-01T00:00:00.000Z"`, h.Operation)
		if original {
			event += `,"original":` + quotedJSON(object)
		}
		o365 := ""
		if parsed {
			o365 = `,"o365":{"audit":` + object + `}`
		}
		return fmt.Sprintf(`{"_index":"logs-o365.audit-default","_id":"x%d","_score":null,"_source":{"@timestamp":"%s.000Z","agent":{"type":"filebeat"},"event":{%s}%s,"user":{"id":%q}}}`, n, h.CreationTime, event, o365, h.UserID)
	})
}

// envelopes writes records in the wrappings of other programs: what a SIEM, a log shipper or a hunting query makes of
// them. Each keeps the whole record.
func envelopes(t *testing.T, records []string) map[string][]byte {
	t.Helper()
	lines := func(f func(n int, h wrapperHead, object string) string) []byte { return eachLine(t, records, f) }
	wazuh := lines(func(_ int, _ wrapperHead, object string) string {
		return `{"integration":"office365","office365":` + object + `}`
	})
	alert := lines(func(n int, _ wrapperHead, object string) string {
		return fmt.Sprintf(`{"timestamp":"2026-04-01T00:00:0%d.000+0000","rule":{"level":3,"id":"91532","groups":["office365"]},"agent":{"id":"000","name":"wazuh","ip":"192.0.2.200"},"id":"1700000000.%d","decoder":{"name":"json"},"data":{"integration":"office365","office365":%s},"location":"office365"}`, n%10, n, object)
	})
	cell := func(written func(object string) string) func(column string, h wrapperHead, _ string) string {
		return func(column string, h wrapperHead, object string) string {
			switch column {
			case "Timestamp", "_time", "timestamp":
				return "2026-04-01T00:00:00Z" // when it was taken in
			case "ActionType":
				return h.Operation
			case "IPAddress", "UserAgent": // what the record does not say, its wrapper does not, either
				return ""
			case "RawEventData", "_raw", "message", "payload":
				return written(object)
			}
			return "x"
		}
	}
	plain := func(object string) string { return object }
	const hunting = "Timestamp,ActionType,Application,AccountObjectId,AccountDisplayName,IPAddress,UserAgent,ReportId,RawEventData,AdditionalFields"
	all := map[string][]byte{
		"wazuh.json":       wazuh,
		"wazuh-alert.json": listOf(alert),
		"elastic-text":     elasticLines(t, records, true, false),
		"elastic-parsed":   listOf(elasticLines(t, records, false, true)),
		"elastic-both":     elasticLines(t, records, true, true),
		"splunk-result": lines(func(n int, _ wrapperHead, object string) string {
			return fmt.Sprintf(`{"preview":false,"offset":%d,"lastrow":false,"result":{"_raw":%s,"_time":"2026-04-01 00:00:00.000 UTC","source":"s","sourcetype":"o365:management:activity"}}`, n, quotedJSON(object))
		}),
		"splunk-hec": lines(func(_ int, _ wrapperHead, object string) string {
			return `{"time":1775001600.123,"host":"h","source":"s","sourcetype":"o365:management:activity","event":` + object + `}`
		}),
		"splunk-raw.csv": asTable(t, "_time,host,_raw,linecount", records, cell(plain)),
		"graylog": lines(func(n int, _ wrapperHead, object string) string {
			return fmt.Sprintf(`{"version":"1.1","host":"h","short_message":"o365","full_message":%s,"_id":"g%d","level":6}`, quotedJSON("<14>Apr  1 00:00:00 h o365: "+object), n)
		}),
		"graylog.csv":   asTable(t, "timestamp,source,message", records, cell(plain)),
		"hunting.json":  listOf(lines(func(_ int, h wrapperHead, object string) string { return hunted(h, object) })),
		"hunting-text":  lines(func(_ int, h wrapperHead, object string) string { return hunted(h, quotedJSON(object)) }),
		"hunting.csv":   asTable(t, hunting, records, cell(plain)),
		"doubled.csv":   asTable(t, hunting, records, cell(func(o string) string { return strings.ReplaceAll(o, `"`, `""`) })),
		"list-cell.csv": asTable(t, "id,payload", records, cell(func(o string) string { return "[" + o + "]" })),
		"other-siem": lines(func(_ int, _ wrapperHead, object string) string {
			return `{"vendor":"x","logs":{"raw":{"content":` + quotedJSON(`{"inner":`+quotedJSON(object)+`}`) + `}}}`
		}),
		"shell-sdk": lines(func(_ int, h wrapperHead, object string) string {
			return fmt.Sprintf(`{"AdministrativeUnits":[],"AuditData":{"AdditionalProperties":%s},"AuditLogRecordType":"exchangeItem","CreatedDateTime":"\/Date(1775001600000)\/","Id":%q,"Operation":%q,"UserId":%q,"AdditionalProperties":{}}`, object, h.ID, h.Operation, h.UserID)
		}),
	}
	listEnvelopes(t, records, all)
	return all
}

// listEnvelopes adds wrappers of lists, lines that are no objects, and flattened members.
func listEnvelopes(t *testing.T, records []string, all map[string][]byte) {
	t.Helper()
	lines := func(f func(n int, h wrapperHead, object string) string) []byte { return eachLine(t, records, f) }
	body := func(text []byte) string { return strings.Trim(string(listOf(text)), "[]") }
	all["elastic-search"] = []byte(`{"took":3,"timed_out":false,"_shards":{"total":1},"hits":{"total":{"value":12},"max_score":null,"hits":[` + body(elasticLines(t, records, true, true)) + `]}}`)
	all["graylog-search"] = []byte(`{"query":"*","used_indices":[{"index_name":"graylog_0"}],"messages":[` + body(lines(func(n int, h wrapperHead, object string) string {
		return fmt.Sprintf(`{"message":{"timestamp":"2026-04-01T00:00:00.000Z","source":"h","message":%s,"_id":"g%d"},"index":"graylog_0"}`, quotedJSON(object), n)
	})) + `],"total_results":12}`)
	all["splunk-search"] = []byte(`{"preview":false,"init_offset":0,"messages":[],"fields":[{"name":"_raw"}],"results":[` + body(lines(func(_ int, _ wrapperHead, object string) string {
		return `{"_raw":` + quotedJSON(object) + `,"_time":"2026-04-01T00:00:00.000+00:00","host":"h"}`
	})) + `],"highlighted":{}}`)
	all["hunting-api"] = []byte(`{"Stats":{"ExecutionTime":0.1},"Schema":[{"Name":"Timestamp","Type":"DateTime"},{"Name":"RawEventData","Type":"Object"}],"Results":` + string(all["hunting.json"]) + `}`)
	all["hunting-graph"] = []byte(`{"schema":[{"name":"Timestamp"}],"results":[` + body(all["hunting-text"]) + `]}`)
	var rows []string
	for _, object := range records {
		rows = append(rows, `["2026-04-01T00:00:00Z",`+quotedJSON(object)+`,null]`)
	}
	all["query-rows"] = []byte(`{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"RawData","type":"string"},{"name":"x"}],"rows":[` + strings.Join(rows, ",\n") + `]}]}`)
	quotedAll := lines(func(_ int, _ wrapperHead, object string) string { return quotedJSON(object) })
	all["texts"], all["texts.json"] = quotedAll, listOf(quotedAll)
	all["relay"] = lines(func(_ int, _ wrapperHead, object string) string { return "Apr  1 00:00:00 h o365[17]: " + object })
	all["archives"] = lines(func(_ int, _ wrapperHead, object string) string {
		return `2026 Apr 01 00:00:00 h->office365 {"integration":"office365","office365":` + object + `}`
	})
	all["queue"] = lines(func(_ int, _ wrapperHead, object string) string {
		return `{"insertId":"x","data":"` + base64.StdEncoding.EncodeToString([]byte(object)) + `"}`
	})
	for name, how := range spellings() {
		all["flat"+name] = spreadObjects(t, records, how)
		all["flat in "+name] = wrapLines(all["flat"+name], func(o string) string { return `{"_id":"1","_source":` + o + `}` })
	}
}

func hunted(h wrapperHead, object string) string {
	return fmt.Sprintf(`{"Timestamp":"2026-04-01T00:00:00Z","ActionType":%q,"AccountDisplayName":"Alice","IPAddress":"","ActivityObjects":[],"RawEventData":%s,"AdditionalFields":{}}`, h.Operation, object)
}

// TestFieldWrapped reads what people have handed over, if it is here: each file's records are all found, the rule that
// sends mail outside among them.
func TestFieldWrapped(t *testing.T) {
	for name, activities := range map[string]int{
		"T19a_wazuh_office365.jsonl": 2, "T20a_elastic_source_ndjson.ndjson": 2, "T25a_splunk_rest_export.json": 2,
		"T34a_cloudappevents.json": 1, "T34b_cloudappevents.csv": 1,
	} {
		path := filepath.Join("..", "..", "shared", "data", "field", name)
		if _, err := os.Stat(path); err != nil {
			t.Skipf("no shared data: %v", err)
		}
		c := open(t, Options{Workers: 1}, path).Case
		in := c.Inputs[0]
		if len(c.Activities) != activities || in.Rows != int64(activities) || !strings.HasPrefix(in.Why, "records inside") {
			t.Errorf("%s: %d activities of %d rows, %s", name, len(c.Activities), in.Rows, in.Why)
		}
		if a := &c.Activities[len(c.Activities)-1]; a.Type != activity.RuleChange || c.Text(a.IP) != "203.0.113.50:4431" {
			t.Errorf("%s: %s of %s", name, a.Type, c.Text(a.IP))
		}
	}
}

// FuzzInside: whatever stands in a member or in a cell, a row is one record or one skipped row.
func FuzzInside(f *testing.F) {
	whole := `{"CreationTime":"2026-03-02T09:00:00","Id":"1","Operation":"Send","RecordType":1,"Workload":"Exchange","UserId":"a@contoso.com"}`
	f.Add(`{"a":`+whole+`}`, whole)
	f.Add(`{"a":`+quotedJSON(whole)+`,"b":[`+whole+`]}`, quotedJSON(whole))
	f.Add(`{"a":{"Operation":"x","Workload":"y"},"@timestamp":1772442000.5}`, strings.ReplaceAll(whole, `"`, `""`))
	f.Add(`{"a":"Apr 1 host: `, `\"{\"`)
	other := strings.Replace(whole, `"Id":"1"`, `"Id":"2"`, 1)
	f.Add(`{"1":`+whole+`,"2":`+other+`,"x":{}}`, whole)
	f.Add(`{"a_b":1,"data":{"1":`+whole+`,"2":`+other+`,"3":{"user_id":"a@b","creation_time":"2026-03-02T09:00:00","record_type":1}}}`, other)
	formats := Formats()
	bare := formats[slices.IndexFunc(formats, func(f record.Format) bool { return f.Name == "audit-json" })]
	f.Fuzz(func(t *testing.T, object, cell string) {
		check := func(d record.Decoder, rec record.Record) {
			shard := activity.NewShard(0, activity.Interest{})
			if err := d.Decode(rec, shard); (err == nil) != (shard.Records() == 1) {
				t.Fatalf("error %v and %d activities of %d records", err, shard.Len(), shard.Records())
			}
			if named, ok := d.(Identifier); ok {
				named.ServiceID(rec)
			}
		}
		rec := record.Record{Bytes: []byte(object)}
		head := record.Head{Shape: record.JSON, Objects: [][]byte{rec.Bytes}}
		if found, ok := unwrap.JSON(head, formats, nil); ok {
			check(found.New(head), rec)
		}
		check(unwrap.Fallback(bare.New(head), formats), rec)
		rec = record.Record{Bytes: []byte(cell), Cells: [][]byte{[]byte("x"), []byte(cell)}}
		head = record.Head{Shape: record.CSV, Header: []string{"a", "b"}, Rows: [][]string{{"x", cell}}}
		if found, ok := unwrap.Within(head, formats, nil); ok {
			check(found.New(head), rec)
		}
	})
}
