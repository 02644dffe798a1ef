// Package render writes a report in every format, from the document alone: it imports the contract, and the packages of
// formats that stand by themselves, which import nothing else of ours. [Write] writes any format by name, [Explain] one finding in full.
package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/casefile"
	"triage/analyzers/report/ecs"
	"triage/analyzers/report/iocs"
	"triage/analyzers/report/navigator"
	"triage/analyzers/report/ocsf"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/stix"
	"triage/analyzers/report/timesketch"
	"triage/analyzers/report/xlsx"
)

// WriteOptions are what formats may be told. The zero value is good.
type WriteOptions struct {
	Text    TextOptions
	Lang    phrase.Language // of what text, md and html say of verdicts, answers and stories
	Profile string          // of csv: one of [Profiles]; "" is standard
	Schema  string          // of json and jsonl: one of [Schemas]; "" is the first
}

// format is one way to write a report.
type format struct {
	name  string
	file  string // its name in a folder
	write func(w io.Writer, r *report.Report, opts WriteOptions) error
}

func formats() []format {
	return []format{
		{"text", "report.txt", func(w io.Writer, r *report.Report, opts WriteOptions) error {
			opts.Text.Lang = opts.Lang
			return WriteText(w, r, opts.Text)
		}},
		{"json", "report.json", writeJSON},
		{"jsonl", "report.jsonl", writeLines},
		{"csv", "report.csv", func(w io.Writer, r *report.Report, opts WriteOptions) error { return WriteCSV(w, r, opts.Profile) }},
		{"md", "report.md", func(w io.Writer, r *report.Report, opts WriteOptions) error { return WriteMarkdown(w, r, opts.Lang) }},
		{"html", "report.html", func(w io.Writer, r *report.Report, opts WriteOptions) error { return casefile.Write(w, r, opts.Lang) }},
		{Exposure, "exposure.csv", func(w io.Writer, r *report.Report, _ WriteOptions) error { return WriteExposure(w, r) }},
		{"xlsx", "report.xlsx", drawn(xlsx.Write)},
		{"timesketch", "timesketch.csv", drawn(timesketch.WriteCSV)},
		{"timesketch.jsonl", "timesketch.jsonl", drawn(timesketch.WriteLines)},
		{"iocs", "iocs.csv", drawn(iocs.WriteCSV)},
		{"stix", "stix.json", drawn(stix.Write)},
		{"navigator", "navigator.json", drawn(navigator.Write)},
		{"ecs", "ecs.jsonl", drawn(ecs.Write)},
		{"ocsf", "ocsf.jsonl", drawn(ocsf.Write)},
		{"canonical", "report.canonical.json", func(w io.Writer, r *report.Report, _ WriteOptions) error { return WriteCanonical(w, r) }},
	}
}

// drawn is a writer that is told nothing but the report.
func drawn(write func(io.Writer, *report.Report) error) func(io.Writer, *report.Report, WriteOptions) error {
	return func(w io.Writer, r *report.Report, _ WriteOptions) error { return write(w, r) }
}

func writeJSON(w io.Writer, r *report.Report, opts WriteOptions) error {
	if opts.Schema == schemaV1 {
		return report.WriteJSONV1(w, r)
	}
	return report.WriteJSON(w, r)
}

func writeLines(w io.Writer, r *report.Report, opts WriteOptions) error {
	if opts.Schema == schemaV1 {
		return report.WriteFindingsV1(w, r)
	}
	return WriteJSONLines(w, r)
}

// schemaV1 is the form of the document before this one.
const schemaV1 = "v1"

// Schemas lists the forms in which json and jsonl can be written, the default first.
func Schemas() []string { return []string{"v2", schemaV1} }

// Formats lists the names that Write knows, the default first.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Exposure is the name of the format that has every message and file that intruders reached. Of a report it has those that
// the report lists; where the case itself is at hand, [ExposureWriter] writes all.
const Exposure = "exposure"

// FileName is the name of a format's file in an output folder ("report.json"); "" for a name that is none.
func FileName(name string) string {
	for _, f := range formats() {
		if f.name == name {
			return f.file
		}
	}
	return ""
}

// FormOf is the format that a file of that name gets where one was asked for that has two forms: Timesketch reads CSV and JSON
// lines.
func FormOf(name, file string) string {
	if name == "timesketch" && strings.HasSuffix(strings.ToLower(file), ".jsonl") {
		return "timesketch.jsonl"
	}
	return name
}

// Write writes a report in the format of that name.
func Write(w io.Writer, r *report.Report, name string, opts WriteOptions) error {
	for _, f := range formats() {
		if f.name == name {
			return f.write(w, r, opts)
		}
	}
	return fmt.Errorf("format %q: want %s", name, strings.Join(Formats(), ", "))
}

// WriteJSONLines writes one finding a line, each as it is in the document.
func WriteJSONLines(w io.Writer, r *report.Report) error {
	out := bufio.NewWriter(w)
	for i := range r.Findings {
		if err := report.WriteValue(out, &r.Findings[i]); err != nil {
			return fmt.Errorf("finding %s: %w", r.Findings[i].ID, err)
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}

// Binary says that a format is no text.
func Binary(name string) bool { return name == "xlsx" }
