// Package timesketch writes the rows that findings cite as a timeline for Timesketch: each has message, datetime and
// timestamp_desc, which it asks for, and what else the row says, as CSV or as JSON lines.
package timesketch

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"triage/analyzers/report"
)

// MaxValue is how many bytes a value may have: the index that Timesketch keeps it in refuses a term of more than 32,766.
const MaxValue = 32_000

// field is one value of an event.
type field struct {
	name, value string
}

// columnNames lists the names in order; an event has a value for each.
func columnNames() []string {
	return []string{
		"message", "datetime", "timestamp_desc", "timestamp", "tag", "mailbox", "actor", "who", "intruder", "operation", "activity_type", "result",
		"source_ip", "country", "city", "asn", "org", "network_class", "application", "user_agent", "session", "item", "message_id", "subject",
		"query", "details", "finding", "rule", "level", "technique", "file", "line", "record", "identity", "tenant", "cut_sha256",
	}
}

// WriteCSV writes the events as CSV. Cells that a spreadsheet would take for a formula are prefixed with an apostrophe.
func WriteCSV(w io.Writer, r *report.Report) error {
	out := csv.NewWriter(w)
	out.Write(columnNames()) // its first error comes up at out.Error
	err := events(r, func(list []field) error {
		line := make([]string, len(list))
		for i, f := range list {
			line[i] = report.Cell(f.value)
		}
		return out.Write(line)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// WriteLines writes the events as JSON lines. What is not known is left out; tag is a list.
func WriteLines(w io.Writer, r *report.Report) error {
	out := bufio.NewWriter(w)
	err := events(r, func(list []field) error {
		out.WriteByte('{')
		comma := ""
		for _, f := range list {
			if f.value == "" {
				continue
			}
			out.WriteString(comma)
			comma = ","
			if err := member(out, f); err != nil {
				return err
			}
		}
		_, err := out.WriteString("}\n")
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func member(out *bufio.Writer, f field) error {
	if err := report.WriteValue(out, f.name); err != nil {
		return err
	}
	out.WriteByte(':')
	switch f.name {
	case "timestamp", "line", "record", "asn":
		_, err := out.WriteString(f.value)
		return err
	case "tag":
		_, err := out.WriteString(f.value) // a list already
		return err
	}
	return report.WriteValue(out, f.value)
}

// events calls write for each row that findings cite, by mailbox, oldest first. The list holds until the next call.
func events(r *report.Report, write func([]field) error) error {
	findings := r.ByID()
	for i := range r.Timeline {
		t := &r.Timeline[i]
		for k := range t.Rows {
			if err := write(eventOf(t, &t.Rows[k], findings)); err != nil {
				return err
			}
		}
	}
	return nil
}

func eventOf(t *report.Timeline, row *report.Row, findings map[string]*report.Finding) []field {
	text := string(row.Op)
	if text == "" {
		text = row.Type
	}
	said := eventWords(row, findings)
	at, desc := when(row)
	values := []string{
		messageOf(t, row, text, said.titles), at, desc, micros(row), tags(row, said.levels), t.Mailbox, string(row.Actor), string(row.Who), string(row.Intruder), string(row.Op),
		row.Type, row.Result, withoutPort(string(row.IP)), string(row.Country), string(row.City), numberText(int64(row.ASN)), string(row.Org), string(row.Class),
		string(row.App), string(row.Agent), string(row.Session), string(row.Item), string(row.MessageID), string(row.Subject), string(row.Query),
		details(row), strings.Join(said.names, "; "), strings.Join(said.rules, "; "), strings.Join(said.levels, "; "), strings.Join(said.attack, "; "),
		row.File, numberText(row.Line), numberText(row.Record), row.Identity, string(t.Tenant), "",
	}
	list := make([]field, len(values))
	var cuts []string
	for i, name := range columnNames() {
		value, sum := fit(report.Plain(values[i]))
		if sum != "" {
			cuts = append(cuts, name+":"+sum)
		}
		list[i] = field{name, value}
	}
	list[len(list)-1].value = strings.Join(cuts, "; ")
	return list
}

// fit cuts a value that is too long, and says the SHA-256 of the whole where it did.
func fit(value string) (cut, sum string) {
	if len(value) <= MaxValue {
		return value, ""
	}
	whole := sha256.Sum256([]byte(value))
	cut = value[:MaxValue]
	for !utf8.ValidString(cut) {
		cut = cut[:len(cut)-1]
	}
	return cut, hex.EncodeToString(whole[:])
}

// saying is what findings say of a row.
type saying struct {
	names, titles, rules, levels, attack []string
}

func eventWords(row *report.Row, findings map[string]*report.Finding) saying {
	var s saying
	seen := map[string]bool{}
	once := func(list *[]string, kind, value string) {
		if !seen[kind+value] {
			seen[kind+value] = true
			*list = append(*list, value)
		}
	}
	for _, id := range row.Findings {
		f := findings[id]
		if f == nil {
			continue
		}
		once(&s.names, "n", f.Short)
		once(&s.titles, "t", f.Title)
		once(&s.rules, "r", f.Rule)
		once(&s.levels, "l", f.Level)
		for _, id := range f.Attack {
			once(&s.attack, "a", id)
		}
	}
	return s
}

func messageOf(t *report.Timeline, row *report.Row, op string, titles []string) string {
	parts := []string{report.Short(op, 120), "mailbox " + report.Short(t.Mailbox, 120)}
	add := func(word string, value report.Text) {
		if value != "" {
			parts = append(parts, word+report.Short(string(value), 200))
		}
	}
	if string(row.Actor) != t.Mailbox {
		add("by ", row.Actor)
	}
	add("from ", row.IP)
	add("", row.Who)
	add("subject ", row.Subject)
	add("query ", row.Query)
	text := strings.Join(parts, ", ")
	if len(titles) > 0 {
		text += ": " + report.Short(strings.Join(titles, "; "), 600)
	}
	return text
}

// when is the time in ISO 8601 with its offset, and what kind of time it is. A row without one stands at the beginning of
// 1970, as Plaso has it.
func when(row *report.Row) (datetime, desc string) {
	if row.Time.String() == "" {
		return "1970-01-01T00:00:00.000000+00:00", "Not a time"
	}
	return time.UnixMilli(int64(row.Time)).UTC().Format("2006-01-02T15:04:05.000000+00:00"), "Activity Time"
}

func micros(row *report.Row) string {
	if row.Time.String() == "" {
		return "0"
	}
	return strconv.FormatInt(int64(row.Time)*1000, 10)
}

// tags are a list in JSON, which Timesketch reads in both forms.
func tags(row *report.Row, levels []string) string {
	list := append([]string{"triage"}, levels...)
	if row.Who != "" {
		list = append(list, string(row.Who))
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "[]"
	}
	return string(text)
}

// withoutPort is an address without its port.
func withoutPort(text string) string {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().String()
	}
	return text
}

func details(row *report.Row) string {
	parts := make([]string, 0, len(row.Details))
	for _, d := range row.Details {
		parts = append(parts, d.Name+"="+report.ValueText(d.Value))
	}
	if row.More > 0 {
		parts = append(parts, fmt.Sprintf("and %s more values", report.Grouped(row.More)))
	}
	return strings.Join(parts, "; ")
}

func numberText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
