package figure

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
)

// all are the pictures of a report.
func all(r *report.Report) []Figure {
	o := Options{Cite: func(file string, line int64) string { return fmt.Sprintf("E1:%d", line) }}
	return append([]Figure{Days(r, o), Touched(r, o)}, append(Minutes(r, o), Map(r, o))...)
}

// Promise: the pictures of shipped cases, as people see them.
func TestGolden(t *testing.T) {
	for _, name := range []string{"wire-fraud", "two-mailboxes"} {
		r := reporttest.Analyzed(t, filepath.Join("..", "..", "..", "testdata", "cases", name))
		for _, x := range all(r) {
			if x.SVG != "" {
				reporttest.Golden(t, name+"."+x.ID+".svg", []byte(x.SVG))
			}
			if x.Phone != "" {
				reporttest.Golden(t, name+"."+x.ID+"-phone.svg", []byte(x.Phone))
			}
		}
	}
}

// maxElements bounds each picture, whatever was put in.
const maxElements = 2500

// ids are those of an SVG, and those that it refers to.
var (
	ids  = regexp.MustCompile(` id="([^"]*)"`)
	refs = regexp.MustCompile(`url\(#([^)]*)\)`)
)

// drawn is one element with its attributes.
type drawn struct {
	name  string
	attrs map[string]string
	text  string
}

// parse reads a picture as XML.
func parse(svg string) (list []drawn, err error) {
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			one := drawn{name: x.Name.Local, attrs: map[string]string{}}
			for _, at := range x.Attr {
				one.attrs[at.Name.Local] = at.Value
			}
			list = append(list, one)
		case xml.CharData:
			if n := len(list); n > 0 {
				list[n-1].text += strings.TrimSuffix(string(x), "\n")
			}
		}
	}
}

// check holds a picture to what every picture promises: each of its drawings, and all of them together.
func check(t *testing.T, id, svg string) {
	t.Helper()
	all := map[string]bool{}
	for n, one := range strings.SplitAfter(svg, "</svg>\n") {
		own := id
		if n > 0 {
			own += "-" + strconv.Itoa(n+1)
		}
		if one == "" {
			continue
		}
		checkOne(t, own, one)
		for _, m := range ids.FindAllStringSubmatch(one, -1) {
			if all[m[1]] {
				t.Errorf("%s: id %q stands twice", id, m[1])
			}
			all[m[1]] = true
		}
	}
}

func checkOne(t *testing.T, id, svg string) {
	t.Helper()
	list, err := parse(svg)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	for _, one := range list {
		if slices.Contains([]string{"script", "style", "foreignObject", "image"}, one.name) {
			t.Errorf("%s: element %s", id, one.name)
		}
		for name, value := range one.attrs {
			if name == "style" || strings.HasPrefix(name, "on") {
				t.Errorf("%s: attribute %s", id, name)
			}
			if strings.Contains(value, "NaN") || strings.Contains(value, "Inf") {
				t.Errorf("%s: %s=%q", id, name, value)
			}
		}
	}
	if len(list) == 0 || list[0].name != "svg" || list[0].attrs["role"] != "img" || list[0].attrs["aria-labelledby"] != id+"-t "+id+"-d" {
		t.Errorf("%s: no picture with a name", id)
	}
	if len(list) > maxElements {
		t.Errorf("%s: %d elements", id, len(list))
	}
	known := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(svg, -1) {
		if known[m[1]] || !strings.HasPrefix(m[1], id) {
			t.Errorf("%s: id %q stands twice, or is not the picture's own", id, m[1])
		}
		known[m[1]] = true
	}
	for _, m := range refs.FindAllStringSubmatch(svg, -1) {
		if !known[m[1]] {
			t.Errorf("%s: nothing is called %q", id, m[1])
		}
	}
}

// checkAll checks both forms of each picture, and that what is not drawn is said.
func checkAll(t *testing.T, r *report.Report) {
	t.Helper()
	for _, x := range all(r) {
		if (x.SVG == "") != (x.Empty != "") || x.Title == "" || x.ID == "" {
			t.Errorf("%s: neither a picture nor a sentence, or both", x.ID)
		}
		if x.SVG == "" {
			continue
		}
		check(t, x.ID, string(x.SVG))
		if x.Phone != "" {
			check(t, x.ID+"-phone", string(x.Phone))
		}
		if len(x.Table.Rows) == 0 || len(x.Table.Rows) > maxRows {
			t.Errorf("%s: a table of %d rows", x.ID, len(x.Table.Rows))
		}
		for _, row := range x.Table.Rows {
			if len(row) != len(x.Table.Head) {
				t.Errorf("%s: row %q below %q", x.ID, row, x.Table.Head)
			}
		}
	}
}

// Promise: a report without lanes, as earlier versions wrote it, has empty states and no picture.
func TestReportsOfBefore(t *testing.T) {
	for _, doc := range []string{
		`{"schema":"triage.report/v1"}`,
		`{"schema":"triage.report/v2","addresses":[{"ip":"203.0.113.9","country":"NG"}],"findings":[{"rule":"geo.impossible-travel","level":"high"}]}`,
		`{"schema":"triage.report/v2","lanes":[{"account":"a","bins":-4},{"account":"b","unit":"day","from":"2018-02-31","bins":5}]}`,
	} {
		r, err := report.Read(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		checkAll(t, r)
		if f := Days(r, Options{}); f.Empty == "" {
			t.Errorf("%s: drawn", doc)
		}
	}
}

// Promise: the sample with hostile text in every field is drawn as text.
func TestHostileText(t *testing.T) {
	checkAll(t, reporttest.Build(t, reporttest.Sample(reporttest.Nasty)))
	checkAll(t, hostile(5))
}
