package ingest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/alert"
	"triage/ingest/graph"
	"triage/ingest/hunting"
	"triage/ingest/listing"
	"triage/ingest/record"
	"triage/ingest/trace"
)

// rowFormats are the formats of package row, whose tables say what their columns are.
func rowFormats() []record.Format {
	return slices.Concat(alert.Formats(), trace.Formats(), graph.Formats(), hunting.Formats(), listing.Formats())
}

// rowSamples are samples of those: a table of the usual columns, and the first one as objects.
func rowSamples() []sample {
	var out []sample
	var first []string
	for _, f := range rowFormats() {
		if f.Shape == record.JSON {
			list := objects(21, func(u untidy, i int) object {
				var o object
				for _, column := range first {
					o = append(o, keyed{column, rowCell(u, i, column)})
				}
				return u.mixed(o)
			})
			out = append(out, laidOut(f.Name, list, "lines", "page", "pretty")...)
			first = nil
			continue
		}
		if first == nil {
			first = f.Columns
		}
		header := strings.Join(f.Columns, ",")
		out = append(out, sample{f.Name, "quoted", tableText(true, "\r\n", header, rowCell)}, sample{f.Name, "minimal", tableText(false, "\n", header, rowCell)})
	}
	return out
}

// objectsOf are the rows of tables as objects: what a table's format reads, its twin reads of those.
func objectsOf(tables []sample) []sample {
	var out []sample
	for _, s := range tables {
		name, _ := strings.CutSuffix(s.format, "-csv")
		if s.how != "quoted" || !slices.ContainsFunc(Formats(), func(f record.Format) bool { return f.Name == name+"-objects-json" }) {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(s.text)).ReadAll()
		if err != nil {
			panic(err) // it was just written
		}
		var list []string
		for _, row := range rows[1:] {
			var o object
			for i, cell := range row {
				o = append(o, keyed{rows[0][i], cell})
			}
			list = append(list, jsonText(o))
		}
		out = append(out, laidOut(name+"-objects-json", list, "lines", "pretty")...)
	}
	return out
}

// rowCell is a value by what its column is called.
func rowCell(u untidy, i int, column string) string {
	name := strings.ToLower(column)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	switch {
	case name == "recipient_status":
		return u.user() + "##Receive, Deliver"
	case has("time", "date"):
		return minute(i).Format(isoSeconds) + "Z"
	case name == "operationname":
		return "Microsoft Graph Activity"
	case name == "requesturi":
		return "https://graph.microsoft.com/v1.0/me/messages/" + u.guid()
	case has("ipaddress", "client_ip", "ipv4"):
		return "192.0.2.8"
	case has("principalname", "primarysmtp"):
		return fmt.Sprintf("user%d@contoso.com", i) // a listing names each once
	case has("upn", "address", "user"):
		return u.user()
	case name == "id" || name == "name", has("_id", "objectid", "deviceid", "principalid"):
		return u.guid()
	}
	return u.text()
}
