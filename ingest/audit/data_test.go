package audit

import (
	"encoding/json"
	"testing"
)

// Promise: a list of bare names, as Exchange writes what an Update changed, is read and not taken for a damaged one.
func TestPropertiesBareNames(t *testing.T) {
	f := func(raw string, want int, wantOK bool) {
		t.Helper()
		list, ok := properties(json.RawMessage(raw))
		if len(list) != want || ok != wantOK {
			t.Errorf("%s: %d properties, %v; want %d, %v", raw, len(list), ok, want, wantOK)
		}
	}
	f(`["AttachmentCollection","RecipientCollection"]`, 2, true)
	f(`[]`, 0, true)
	f(`[{"Name":"a","Value":"b"}]`, 1, true)
	f(`["a",{"Name":"b"}]`, 0, false)
	f(`"System.Object[]"`, 0, false)
	f(`[1,2]`, 0, false)
}

// Lists of named values that a script or the shell printed are read where they are whole, and never guessed where they are
// cut.
func TestPrinted(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		list, ok := printed(text(line))
		got := "none"
		if ok {
			got = ""
			for _, p := range list {
				got += string(p.Name) + "=" + string(p.Value) + "|"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	f(`@{Name=Name; Value=.} @{Name=ForwardTo; Value=a@c.example} @{Name=SubjectContainsWords; Value=invoice;payment; x}`,
		"Name=.|ForwardTo=a@c.example|SubjectContainsWords=invoice;payment; x|")
	f(`{@{Name=Name; Value=}, @{Name=To; Value=b}}`, "Name=|To=b|")
	f("@{Value=1; Name=A}\r\n@{Name=B; Value={2}}", "A=1|B={2}|")
	f(`@{Name=A; Value=1} @{Name=B; Val`, "none")
	f(`@{Name=A; Value=System.Object[]}`, "none")
	f(`@{Value=1}`, "none")
	f(`Name=.; ForwardTo=a@c.example;SubjectContainsWords=invoice;payment`, "Name=.|ForwardTo=a@c.example|SubjectContainsWords=invoice;payment|")
	f("Name: x\nForwardTo: \"a@c.example\"\n", "Name=x|ForwardTo=a@c.example|")
	f(`some words`, "none")
	f(``, "none")
	f(`=a`, "none")
}

func FuzzPrinted(f *testing.F) {
	f.Add([]byte(`@{Name=A; Value=1} @{Name=B; Value=@{x=1}}`))
	f.Add([]byte("A=1;B;C:2"))
	f.Fuzz(func(t *testing.T, line []byte) {
		list, ok := printed(line)
		if ok && len(list) == 0 {
			t.Fatal("a list of nothing is none")
		}
		for _, p := range list {
			if len(p.Name) == 0 {
				t.Fatalf("a value without a name in %q", line)
			}
		}
	})
}
