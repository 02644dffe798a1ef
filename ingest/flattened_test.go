package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"triage/ingest/activity"
)

// spelling is how a program writes the place of a value into its name.
type spelling func(path []string) string

func joined(sep string) spelling {
	return func(path []string) string { return strings.Join(path, sep) }
}

// bracketed writes a[0].b.
func bracketed(path []string) string {
	name := path[0]
	for _, part := range path[1:] {
		if _, err := strconv.Atoi(part); err == nil {
			name += "[" + part + "]"
		} else {
			name += "." + part
		}
	}
	return name
}

// spread takes a record's lists and objects apart, in its own order.
func spread(t *testing.T, object string, how spelling, add func(name string, value json.RawMessage)) {
	t.Helper()
	var down func(path []string, raw json.RawMessage)
	down = func(path []string, raw json.RawMessage) {
		d := json.NewDecoder(bytes.NewReader(raw))
		first, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if first != json.Delim('{') && first != json.Delim('[') {
			add(how(path), raw)
			return
		}
		for i := 0; d.More(); i++ {
			name := strconv.Itoa(i)
			if first == json.Delim('{') {
				token, err := d.Token()
				if err != nil {
					t.Fatal(err)
				}
				name = token.(string)
			}
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				t.Fatal(err)
			}
			down(append(append([]string(nil), path...), name), value)
		}
	}
	down(nil, json.RawMessage(object))
}

func spellings() map[string]spelling {
	return map[string]spelling{"_": joined("_"), ".": joined("."), "[]": bracketed, "__": joined("__"), "/": joined("/")}
}

// spreadObjects are records with their lists in members of their own.
func spreadObjects(t *testing.T, records []string, how spelling) []byte {
	t.Helper()
	var b strings.Builder
	for _, object := range records {
		n := 0
		b.WriteByte('{')
		spread(t, object, how, func(name string, value json.RawMessage) {
			if n++; n > 1 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:%s", name, value)
		})
		b.WriteString("}\n")
	}
	return []byte(b.String())
}

// spreadTable is records with their lists in columns of their own.
func spreadTable(t *testing.T, records []string, how spelling, typed bool) []byte {
	t.Helper()
	var columns []string
	rows := map[string]map[string]string{}
	for _, object := range records {
		cells := map[string]string{}
		spread(t, object, how, func(name string, value json.RawMessage) {
			if typed {
				name += "_s"
			}
			if _, known := rows[""][name]; !known {
				if rows[""] == nil {
					rows[""] = map[string]string{}
				}
				rows[""][name] = name
				columns = append(columns, name)
			}
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			cells[name] = text
		})
		rows[object] = cells
	}
	if typed {
		columns = append(columns, "TimeGenerated [UTC]", "TenantId", "Type")
	}
	return asTable(t, strings.Join(columns, ","), records, func(column string, _ wrapperHead, object string) string {
		if column == "TimeGenerated [UTC]" {
			return "4/1/2026, 12:00:00.000 AM" // when it was taken in
		}
		return rows[object][column]
	})
}

// TestFlattenedTables keeps the promise that a table whose lists were spread over columns says what the records say, in
// every spelling: all but what rules ask for by raw.<path>.
func TestFlattenedTables(t *testing.T) {
	records := tenantRecords()
	said := func(c *activity.Case) string {
		text := regexp.MustCompile(` raw\.[a-z.]+="(?:[^"\\]|\\.)*"`).ReplaceAllString(canonical(c), "")
		var lines []string
		for line := range strings.Lines(text) {
			fields := strings.SplitN(line, " ", 5)
			lines = append(lines, strings.Join(append(fields[:3], fields[4]), " ")) // without the sum of all
		}
		return strings.Join(lines, "")
	}
	want := said(open(t, Options{}, write(t, map[string][]byte{"a": []byte(strings.Join(records, "\n"))})).Case)
	f := func(name string, text []byte) {
		t.Helper()
		c := open(t, Options{Workers: 1}, write(t, map[string][]byte{"a": text})).Case
		if got := said(c); got != want || !strings.Contains(c.Inputs[0].Why, "rebuilt from") {
			t.Errorf("%s as %s (%s), skipped %v, notes %v:\n%s\nwant\n%s", name, c.Inputs[0].Format, c.Inputs[0].Why, c.Skips, c.Inputs[0].Notes, got, want)
		}
	}
	for name, how := range spellings() {
		f(name, spreadTable(t, records, how, false))
	}
	f("custom table", spreadTable(t, records, joined("_"), true))
}

// TestFlattenedLater keeps the promise that records whose lists were spread over members are read as they were, wherever in a
// stream they begin: somebody joined two exports.
func TestFlattenedLater(t *testing.T) {
	records := tenantRecords()
	said := func(c *activity.Case) string {
		text := regexp.MustCompile(` raw\.[a-z.]+="(?:[^"\\]|\\.)*"`).ReplaceAllString(canonical(c), "")
		var lines []string
		for line := range strings.Lines(text) {
			if strings.Contains(line, "Padding") {
				continue
			}
			fields := strings.SplitN(line, " ", 5)
			lines = append(lines, strings.Join(append(fields[:3], fields[4]), " "))
		}
		return strings.Join(lines, "")
	}
	want := said(open(t, Options{}, write(t, map[string][]byte{"a": []byte(strings.Join(records, "\n"))})).Case)
	var bare strings.Builder
	for i := 0; bare.Len() < 5*sampleSize; i++ {
		fmt.Fprintf(&bare, `{"CreationTime":"2026-03-01T08:00:00","Id":"5c0ffee0-0000-4000-8000-0000%08d","Operation":"Padding","RecordType":8,"Workload":"AzureActiveDirectory","UserType":0,"UserId":"ann@contoso.com"}`+"\n", i)
	}
	for name, how := range spellings() {
		c := open(t, Options{Workers: 1}, write(t, map[string][]byte{"a": append([]byte(bare.String()), spreadObjects(t, records, how)...)})).Case
		if got := said(c); got != want {
			t.Errorf("%s as %s (%s), skipped %v, notes %v:\n%s\nwant\n%s", name, c.Inputs[0].Format, c.Inputs[0].Why, c.Skips, c.Inputs[0].Notes, got, want)
		}
		if notes := strings.Join(c.Inputs[0].Notes, "\n"); !strings.Contains(notes, "rebuilt from members") {
			t.Errorf("%s: notes %s", name, notes)
		}
	}
}

// TestFieldFlattened reads what people have handed over, if it is here.
func TestFieldFlattened(t *testing.T) {
	folder := filepath.Join("..", "..", "shared", "data", "field")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	c := open(t, Options{Workers: 1}, filepath.Join(folder, "X01c_hawk_updateinboxrules.csv")).Case
	if text := canonical(c); !strings.Contains(text, `forward_to="drop@evil-mail.net"`) || len(c.Activities) != 1 {
		t.Errorf("X01c:\n%s", text)
	}
	text := canonical(open(t, Options{Workers: 1}, filepath.Join(folder, "X01_hawk_flat_all.csv")).Case)
	for _, want := range []string{
		"Chrome/140.0.0.0", `access="Sync"`, `params.isthrottled="True"`, `message_id="<a@x.example>"`, `message_id="<b@x.example>"`, `folder="\\Inbox"`,
		`"UpdateInboxRules"`, `"New-InboxRule"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("X01: no %s in\n%s", want, text)
		}
	}
	if strings.Count(text, `forward_to="drop@evil-mail.net"`) != 2 || strings.Count(text, "\n") != 4 {
		t.Errorf("X01:\n%s", text)
	}
}
