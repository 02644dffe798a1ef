package sigma_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"triage/rules/sigma"
	"triage/rules/yamltext"
)

func convert(text string) sigma.Result {
	return sigma.Convert([]*yamltext.File{{Name: "a.yml", Bytes: []byte(text)}}, sigma.Options{})
}

// seeds are rules of the kinds that are published, and broken ones.
func seeds() []string {
	head := "title: T\nlogsource: {product: m365, service: audit}\n"
	return []string{
		head + "detection: {selection: {Operation: x}, condition: selection}",
		head + "detection: {a: {Operation|contains|all: [x, 'y*']}, b: [{UserId: z}, {ClientIP|cidr: 192.0.2.0/24}], condition: 1 of a* and not (b or all of them)}",
		head + "detection: {keywords: [a, 'b?'], condition: not keywords}\nlevel: high",
		head + "detection: {a: {Operation|re: '(a{1000}){1000}'}, condition: a}",
		head + "detection: {a: {Operation|re|i: '(x+x+)+y'}, condition: a}",
		head + "detection: {a: {Operation: $terms, ObjectId: '$terms*'}, condition: a}",
		head + "detection: {a: {Operation|base64offset|contains: x, ObjectId|windash: ' -e'}, condition: a}",
		head + "detection: {a: {Operation: }, b: {Operation: ''}, c: {Operation|exists: false}, condition: a or b or c}",
		"name: a\n" + head + "detection: {a: {Operation: x}, condition: a}\n---\ntitle: C\ncorrelation: {type: event_count, rules: [a], group-by: [UserId], timespan: 1h, condition: {gte: 3}}",
		"name: a\n" + head + "detection: {a: {Operation: x}, condition: a}\n---\n" + head + "filter: {rules: any, s: {UserId: u}, condition: not s}",
		"a: &a [*a]", "[", "- 1\n- 2", "\xff\xfe", head + "detection: {condition: " + strings.Repeat("(", 2000) + "}",
	}
}

// FuzzConvert: whatever a file holds, each of its documents is loaded or skipped with a reason; what is loaded says which rows
// it is about; and it takes memory and time in proportion.
func FuzzConvert(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := convert(text)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 256<<20 {
			t.Errorf("%d bytes of text took %d MiB", len(text), took>>20)
		}
		for _, s := range r.Skipped {
			if s.Reason == "" || s.At == nil {
				t.Errorf("skipped without a reason or a place: %+v", s)
			}
		}
		for _, rule := range r.Rules {
			where := rule.Node.Get("where")
			if where == nil && rule.Node.Get("sequence") == nil || where != nil && !strings.Contains(where.OneLine(), "source:") {
				t.Errorf("%s is about any row: %s", rule.ID, rule.Node.OneLine())
			}
		}
	})
}

// Wildcards are cheap tests where they can be; $name, a list of packs, stays a text.
func TestValues(t *testing.T) {
	f := func(field, want string) {
		t.Helper()
		r := convert("title: T\nlogsource: {product: m365, service: audit}\ndetection: {a: {" + field + "}, condition: a}")
		if len(r.Rules) != 1 {
			t.Errorf("%s: %+v", field, r.Skipped)
			return
		}
		if got := r.Rules[0].Node.Get("where").OneLine(); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", field, got, want)
		}
	}
	f(`ObjectId: 'x*'`, `raw.ObjectId|startswith: x`)
	f(`ObjectId: '*x'`, `raw.ObjectId|endswith: x`)
	f(`ObjectId: '*x*'`, `raw.ObjectId|contains: x`)
	f(`ObjectId: '*'`, `raw.ObjectId|exists: true`)
	f(`ObjectId|contains: '*x'`, `raw.ObjectId|contains: x`)
	f(`ObjectId: 'x*y'`, `raw.ObjectId|re: '(?is)^x.*y$'`)
	f(`ObjectId: 'x\*y'`, `raw.ObjectId: x*y`)
	f(`ObjectId: 'x\\*'`, `raw.ObjectId|startswith: x\`)
	f(`ObjectId: 'a\b'`, `raw.ObjectId: a\b`)
	f(`ObjectId: $terms`, `raw.ObjectId|re: '(?is)^\$terms$'`)
	f(`ObjectId|cased: xY`, `raw.ObjectId|re: '(?s)^xY$'`)
	f(`OBJECTID: [a, b]`, `raw.ObjectId: [a, b]`)
	f(`ObjectId: null`, `raw.ObjectId|exists: false`)
	f(`UserId: ''`, `actor|exists: false`)
	f(`ObjectId: ''`, `raw.ObjectId: ""`)
	f(`ObjectId|base64: ab`, `raw.ObjectId: YWI=`)
	f(`ObjectId|wide|base64: a`, `raw.ObjectId: YQA=`)
	f(`Operation: Add user`, `op: [Add user, Add user.]`)
	f(`Parameters.ForwardTo|contains: '@'`, `raw.Parameters.forwardto|contains: '@'`)
}

// What would match everything, or cannot be told, is not loaded, and the reason says why.
func TestSkipped(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		r := convert("title: T\nlogsource: {product: m365, service: audit}\n" + text)
		if len(r.Rules) != 0 || len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0].Reason, want) {
			t.Errorf("%s: %d rules, %+v", text, len(r.Rules), r.Skipped)
		}
	}
	f("detection: {a: {UserId|expand: '%x%'}, condition: not a}", "placeholder %x% is not defined")
	f("detection: {a: {UserId|fieldref: Operation}, condition: a}", "cannot be compared with another")
	f("detection: {a: {UserId: []}, condition: not a}", "an empty list")
	f("detection: {a: {}, condition: not a}", "would match every row")
	f("detection: {a: {UserId: x}, condition: a | count() > 5}", "earlier Sigma")
	f("detection: {a: {UserId: x}, condition: 2 of a*}", "only 1 of")
	f("detection: {a: {UserId: x}, condition: a and}", "ends where a selection is wanted")
	f("detection: {a: {UserId: x}, condition: (a}", "not closed")
	f("detection: {a: {UserId: x}, condition: a a}", "unexpected")
	f("detection: {a: {UserId: x}, condition: 1 of b*}", "no selection is called")
	f("detection: {a: {UserId: {x: 1}}, condition: a}", "single values")
	f("detection: {a: {Operation|re: '(a{1000}){1000}'}, condition: a}", "re:")
	f("status: unsupported\ndetection: {a: {UserId: x}, condition: a}", "unsupported")
	f("detection: {a: {UserId: x}, condition: a}\nlevel: grave", "unknown level")
}

// many are n invented rules of the shapes that are published, each looking for something else.
func many(n int) []*yamltext.File {
	shapes := []string{
		"product: azure\n    service: auditlogs\ndetection:\n    selection:\n        properties.message:\n            - Change thing %[1]d\n            - Remove thing %[1]d\n    condition: selection\n",
		"product: azure\n    service: signinlogs\ndetection:\n    selection:\n        ResultType: 9%[1]d\n        userAgent|contains: 'tool-%[1]d'\n    condition: selection\n",
		"product: m365\n    service: threat_management\ndetection:\n    selection:\n        eventSource: SecurityComplianceCenter\n        eventName: 'Alert %[1]d'\n        status: success\n    condition: selection\n",
		"product: m365\n    service: audit\ndetection:\n    selection_a:\n        Operation|contains: 'thing%[1]d'\n    selection_b:\n        Parameters|contains:\n            - 'Forward%[1]d'\n            - 'Copy%[1]d'\n    filter:\n        UserId: a%[1]d@contoso.com\n    condition: all of selection_* and not filter\n",
	}
	var files []*yamltext.File
	for i := range n {
		text := fmt.Sprintf("title: Rule %[1]d\nid: 00000000-0000-4000-8000-%012[1]d\nstatus: test\ndescription: Invented.\nauthor: Nobody\ntags:\n    - attack.persistence\n    - attack.t1098\nlogsource:\n    ", i) +
			fmt.Sprintf(shapes[i%len(shapes)], i) + "falsepositives:\n    - Unknown\nlevel: medium\n"
		files = append(files, &yamltext.File{Name: fmt.Sprintf("%05d.yml", i), Bytes: []byte(text)})
	}
	return files
}

// All documents of many files are loaded, in the order of their ids whatever that of the files.
func TestOrder(t *testing.T) {
	files := many(200)
	one := sigma.Convert(files, sigma.Options{})
	slices.Reverse(files)
	two := sigma.Convert(files, sigma.Options{})
	if one.Loaded != 200 || two.Loaded != 200 {
		t.Fatalf("%d, %d loaded: %+v", one.Loaded, two.Loaded, one.Skipped)
	}
	for i := range one.Rules {
		if a, b := one.Rules[i].Node.OneLine(), two.Rules[i].Node.OneLine(); a != b {
			t.Errorf("%s and %s", a, b)
		}
	}
}

// A condition that names all selections again and again costs no more than a rule may.
func TestBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("title: T\nlogsource: {product: m365, service: audit}\ndetection:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  s%d: {Operation: x%d}\n", i, i)
	}
	b.WriteString("  condition: " + strings.Repeat("1 of s* or ", 50) + "s1\n")
	if r := convert(b.String()); len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0].Reason, "more than 4000 conditions") {
		t.Errorf("%+v", r.Skipped)
	}
}
