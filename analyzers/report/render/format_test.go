package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
)

// held binds a format to what holds it: the golden of a shipped case, and what hostile text may not do in it.
type held struct {
	golden  string
	hostile func(text []byte) error
	// readable is what the golden has of a format that is no text; nil: it is one.
	readable func(t *testing.T, data []byte) []byte
}

// proofs has one for each format. A format without one fails.
var proofs = map[string]held{
	"text":      {golden: "case.txt", hostile: plainLines},
	"json":      {golden: "case.json", hostile: oneDocument},
	"jsonl":     {golden: "case.jsonl", hostile: documentALine},
	"csv":       {golden: "case.csv", hostile: noFormula},
	"html":      {golden: "case.html", hostile: noMarkup},
	"md":        {golden: "case.md", hostile: plainLines},
	"exposure":  {golden: "case.exposure.csv", hostile: noFormula},
	"canonical": {golden: "case.canonical.json", hostile: oneDocument},

	"timesketch":       {golden: "case.timesketch.csv", hostile: noFormula},
	"timesketch.jsonl": {golden: "case.timesketch.jsonl", hostile: documentALine},
	"iocs":             {golden: "case.iocs.csv", hostile: noFormula},
	"stix":             {golden: "case.stix.json", hostile: oneDocument},
	"navigator":        {golden: "case.navigator.json", hostile: oneDocument},
	"ecs":              {golden: "case.ecs.jsonl", hostile: documentALine},
	"ocsf":             {golden: "case.ocsf.jsonl", hostile: documentALine},
	"xlsx":             {"case.xlsx.txt", plainCells, cellsOf},
}

// Promise: every format has a golden of a shipped case, and stands what an attacker writes.
func TestEveryFormat(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "testdata", "cases")
	shipped := reporttest.Analyzed(t, filepath.Join(folder, "hta-attachment", "activities.csv"))
	shipped.EffectiveRulesSHA256 = strings.Repeat("e5", 32) // not what the core pack is today
	hostile := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	for _, name := range Formats() {
		p, ok := proofs[name]
		if !ok {
			t.Errorf("format %s: no golden and no hostile text", name)
			continue
		}
		var out, nasty bytes.Buffer
		if err := Write(&out, shipped, name, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		golden := out.Bytes()
		if p.readable != nil {
			golden = p.readable(t, golden)
		}
		reporttest.Golden(t, p.golden, golden)
		if err := Write(&nasty, hostile, name, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := p.hostile(nasty.Bytes()); err != nil {
			t.Errorf("format %s: %v", name, err)
		}
	}
	if len(proofs) != len(Formats()) {
		t.Errorf("%d proofs of %d formats", len(proofs), len(Formats()))
	}
}

// Promise: the checks of hostile text can fail.
func TestHostileChecksFail(t *testing.T) {
	for name, text := range map[string]string{
		"text": "a \x1b[31mred\x1b[0m line\n", "json": "{\"a\": \"\x1b[31m\"}", "jsonl": "{\"a\": 1}\n\n", "csv": "a,b\n=1+1,2\n", "exposure": "a,b\n@x,2\n",
		"md": "a\u202eb\n", "canonical": "{}{}", "html": "<p>x</p><img src=x onerror=alert(1)>",
		"timesketch": "a,b\n=1,2\n", "timesketch.jsonl": "{}\n{\n", "iocs": "a\n+1+1\n", "stix": "{", "navigator": "[1]]", "xlsx": "PK", "ecs": "{\"a\": \"\x07\"}\n", "ocsf": "a\n",
	} {
		if proofs[name].hostile([]byte(text)) == nil {
			t.Errorf("%s: %q is let through", name, text)
		}
	}
}

// plainLines: no rune acts on a terminal or hides what stands beside it.
func plainLines(text []byte) error {
	if !utf8.Valid(text) {
		return fmt.Errorf("invalid UTF-8")
	}
	for line := range strings.Lines(string(text)) {
		for _, r := range strings.TrimSuffix(line, "\n") {
			if report.PlainRune(r) != r {
				return fmt.Errorf("%U in %q", r, line)
			}
		}
	}
	return nil
}

// noMarkup: plain lines, no element but those that the page is made of, no handler, no address but an anchor of the page.
func noMarkup(text []byte) error {
	for _, tag := range regexp.MustCompile(`<([a-zA-Z][^\s/>]*)([^>]*)>`).FindAllSubmatch(text, -1) {
		name, attributes := strings.ToLower(string(tag[1])), " "+strings.ToLower(string(tag[2]))
		if slices.Contains([]string{"img", "iframe", "object", "embed", "link", "form", "base", "audio", "video", "image", "foreignobject", "math"}, name) {
			return fmt.Errorf("an element: %s", tag[0])
		}
		if regexp.MustCompile(`\s(on[a-z]+|src|style|action|formaction|xlink:href)=|href="[^#]`).MatchString(attributes) {
			return fmt.Errorf("an attribute: %s", tag[0])
		}
	}
	if bytes.Count(text, []byte("<script")) != 1 {
		return fmt.Errorf("%d scripts", bytes.Count(text, []byte("<script")))
	}
	return plainLines(text)
}

// oneDocument: one JSON value, without a control character of a terminal in it.
func oneDocument(text []byte) error {
	if !json.Valid(text) {
		return fmt.Errorf("not one JSON value")
	}
	for _, b := range text {
		if b < 0x20 && b != '\n' || b == 0x7f {
			return fmt.Errorf("byte %#x", b)
		}
	}
	return nil
}

func documentALine(text []byte) error {
	for line := range bytes.Lines(text) {
		if err := oneDocument(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return fmt.Errorf("%w: %q", err, line)
		}
	}
	return nil
}

// noFormula: as many cells in each row, and none that a spreadsheet would work out.
func noFormula(text []byte) error {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return err
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && strings.Trim(cell, "-0123456789.") != "" {
				return fmt.Errorf("a formula: %q", cell)
			}
		}
	}
	return nil
}

// plainCells: a workbook without a formula, whose texts are plain.
func plainCells(data []byte) error {
	return eachCell(data, func(book *excelize.File, sheet, at, value string) error {
		formula, err := book.GetCellFormula(sheet, at)
		if err == nil && (formula != "" || report.Plain(value) != value) {
			err = fmt.Errorf("%s!%s: formula %q, text %q", sheet, at, formula, value)
		}
		return err
	})
}

// cellsOf is a workbook as text, a cell a line.
func cellsOf(t *testing.T, data []byte) []byte {
	var out bytes.Buffer
	err := eachCell(data, func(_ *excelize.File, sheet, at, value string) error {
		_, err := fmt.Fprintf(&out, "%s!%s\t%s\n", sheet, at, value)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func eachCell(data []byte, do func(book *excelize.File, sheet, at, value string) error) error {
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer book.Close()
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			return err
		}
		for i, row := range rows {
			for k, value := range row {
				at, err := excelize.CoordinatesToCellName(k+1, i+1)
				if err == nil && value != "" {
					err = do(book, sheet, at, value)
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}
