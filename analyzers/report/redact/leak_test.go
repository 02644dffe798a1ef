package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// operationColumns hold the service's names of what can be done, which a redacted report keeps.
var operationColumns = []string{"Operation", "operation", "Operations", "Activity", "ActivityIdType", "activityDisplayName", "clientAppUsed", "ClientAppUsed"}

// columns are the distinct values of four characters and more of an export, read by nothing of ours: cells of tables, leaves of
// JSON, attributes and texts of XML, and whatever of those stands within one another; headers of messages line by line.
func columns(t *testing.T, folder string) []string {
	t.Helper()
	set := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if name := d.Name(); err != nil || d.IsDir() || name == "STORY.md" || name == "want.json" || name == "truth.jsonl" {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil {
			valuesOf(string(text), set)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(set))
}

// valuesOf takes a text apart as far as it can.
func valuesOf(text string, into map[string]bool) {
	trimmed := strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case utf8.RuneCountInString(trimmed) < 4:
	case trimmed[0] == '{' || trimmed[0] == '[':
		dec := json.NewDecoder(strings.NewReader(trimmed))
		for {
			var doc any
			if err := dec.Decode(&doc); err != nil {
				if err != io.EOF {
					into[trimmed] = true
				}
				return
			}
			leaves(doc, into)
		}
	case trimmed[0] == '<' && strings.HasSuffix(trimmed, ">") && !strings.Contains(trimmed, "@"):
		dec := xml.NewDecoder(strings.NewReader(trimmed))
		for {
			token, err := dec.Token()
			if err != nil {
				if err != io.EOF {
					into[trimmed] = true
				}
				return
			}
			if data, ok := token.(xml.CharData); ok {
				valuesOf(string(data), into)
			}
		}
	case strings.Contains(trimmed, "\n"):
		table, err := csv.NewReader(strings.NewReader(trimmed)).ReadAll()
		if err != nil || len(table) < 2 || len(table[0]) < 3 {
			for line := range strings.Lines(trimmed) {
				name, value, ok := strings.Cut(line, ": ")
				if !ok || strings.ContainsAny(name, " \t") {
					value = line
				}
				valuesOf(strings.TrimSpace(value), into)
			}
			return
		}
		for _, row := range table[1:] {
			for i, cell := range row {
				if !slices.Contains(operationColumns, strings.TrimPrefix(table[0][i], "\ufeff")) {
					valuesOf(cell, into)
				}
			}
		}
	default:
		into[trimmed] = true
	}
}

func leaves(doc any, into map[string]bool) {
	switch v := doc.(type) {
	case string:
		valuesOf(v, into)
	case []any:
		for _, one := range v {
			leaves(one, into)
		}
	case map[string]any:
		for name, one := range v {
			if !slices.Contains(operationColumns, name) {
				leaves(one, into)
			}
		}
	}
}

// allowed are values of columns that a redacted report may have, each for its reason.
var allowed = []struct {
	why  string
	like *regexp.Regexp
}{
	{"times are kept", regexp.MustCompile(`^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$|^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?$`)},
	{"an exhibit and a line, such as E1:574", regexp.MustCompile(`^[0-9]{1,3}:[0-9]{1,7}$`)},
	{"time zones are places", regexp.MustCompile(`^[A-Za-z. ]+ Standard Time$`)},
	{"numbers of the service, counts, sizes: they stand in no field of a person", regexp.MustCompile(`^[0-9]{1,6}$`)},
}

// ordinary is a word or phrase as the program's own sentences may have it. Whether they have it, TextOfSources says.
var ordinary = regexp.MustCompile(`^[a-z][a-z .,:;'()_–-]*[0-9]?$`)

// leaks are the values that stand in a text, in any case and spelling: as they are, or escaped for HTML, JSON, a URL, a shell,
// in base64, defanged.
func leaks(values []string, text []byte) []string {
	index := map[uint32][]string{}
	start := func(s string) uint32 { return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24 }
	for _, v := range values {
		v = strings.ToLower(v)
		index[start(v)] = append(index[start(v)], v)
	}
	found := map[string]bool{}
	for _, form := range spellings(string(text)) {
		for at := 0; at+4 <= len(form); at++ {
			for _, v := range index[start(form[at:])] {
				if strings.HasPrefix(form[at:], v) {
					found[v] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

var (
	token    = regexp.MustCompile(`[a-z]+-([a-z][0-9]){5,16}`)
	encoded  = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}={0,2}`)
	escaped  = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)
	defanged = strings.NewReplacer("[.]", ".", "(.)", ".", "[at]", "@", "[@]", "@", "[:]", ":", "hxxp", "http", "''", "'", "`", "", `\`, "")
)

// spellings are a text and what it is when each kind of escape is undone, in lower case.
func spellings(text string) []string {
	plain := html.UnescapeString(text)
	plain = escaped.ReplaceAllStringFunc(plain, func(s string) string {
		var out string
		if json.Unmarshal([]byte(`"`+s+`"`), &out) != nil {
			return s
		}
		return out
	})
	forms := []string{text}
	add := func(form string) {
		if form != text {
			forms = append(forms, form)
		}
	}
	add(plain)
	add(defanged.Replace(plain))
	if unescaped, err := url.PathUnescape(strings.ReplaceAll(regexp.MustCompile(`%([^0-9A-Fa-f]|.[^0-9A-Fa-f])`).ReplaceAllString(plain, "%25$1"), "+", " ")); err == nil {
		add(unescaped)
	}
	var decoded bytes.Buffer
	for _, run := range encoded.FindAllString(text, -1) {
		run = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(run), "=")
		if len(run) > 1<<16 {
			continue // the sealed report: it is encrypted
		}
		for skip := range min(4, len(run)) {
			b, _ := base64.RawStdEncoding.DecodeString(run[skip : len(run)-(len(run)-skip)%4])
			decoded.Write(b)
			decoded.WriteByte('\n')
		}
	}
	forms = append(forms, decoded.String())
	for i := range forms {
		forms[i] = strings.ToLower(forms[i])
	}
	return forms
}
