package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// take reads a whole text with a cursor; ok is false where it refuses.
func take(text []byte) (value json.RawMessage, ok bool) {
	var c Cursor
	c.Begin(text)
	value = c.Raw()
	return value, c.End()
}

// A cursor reads what encoding/json reads, and refuses what that refuses.
func TestCursorIsStrict(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		if _, ok := take([]byte(text)); ok != want {
			t.Errorf("%q: read %v, want %v", text, ok, want)
		}
		if want && !json.Valid([]byte(text)) {
			t.Errorf("%q: the test is wrong", text)
		}
	}
	for _, text := range []string{
		`{}`, `[]`, ` { "a" : [ 1 , -0.5e+7 , true , null ] } `, `"\u00e9\/\"\\"`, `-0`, `1E9`, `{"a":{"b":[{}]}}`, "\"\x7f\"",
		`{"a":1,"a":2}`, `[[[]]]`, `"é"`, "\"\xff\"", `[0]`, "\r\n\t[]",
	} {
		f(text, true)
	}
	for _, text := range []string{
		``, ` `, `{`, `[`, `{]`, `[}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[,1]`, `[1 2]`, `{"a":1 "b":2}`, `{a:1}`, `01`, `1.`, `.5`,
		`1e`, `+1`, `-`, `truth`, `nul`, `True`, `"`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\x00\"", `{}{}`, `[] x`, "[\x00]", "\x00",
		`{"a":tru`, `{"a":"b`, `{"a`, `{1:2}`, `]`, `,`, `{"a",1}`,
	} {
		f(text, false)
	}
	f(strings.Repeat("[", maxNesting)+strings.Repeat("]", maxNesting), true)
	for text, what := range map[string]string{
		strings.Repeat("[", maxNesting+1) + strings.Repeat("]", maxNesting+1): "deep nesting",
		`{"\u0061":1}`: "an escape in a name", `{"é":1}`: "a name outside of ASCII",
	} {
		if _, ok := take([]byte(text)); ok || !json.Valid([]byte(text)) {
			t.Errorf("%s is not left to encoding/json", what)
		}
	}
}

// What a cursor yields stays good while it goes on, and costs no memory but for decoded strings.
func TestCursorTexts(t *testing.T) {
	var c Cursor
	text := []byte(`{"a":"x","b":"\u0078\ud83d\ude00","c":"a\tb","d":null,"e":12,"f":{"g": [1]},"h":"","i":"\ud83d"}`)
	var got []string
	var texts []Text
	read := func() {
		texts = texts[:0]
		c.Forget()
		c.Begin(text)
		for c.Object(); c.Member(); {
			texts = append(texts, c.Text())
		}
	}
	read()
	for _, value := range texts {
		got = append(got, fmt.Sprintf("%q %v", value, value == nil))
	}
	want := []string{
		`"x" false`, `"x😀" false`, `"a\tb" false`, `"" true`, `"12" false`, `"{\"g\": [1]}" false`, `"" false`, `"` + "\uFFFD" + `" false`,
	}
	if !c.End() || strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %s, want %s", got, want)
	}
	text = []byte(`{"a":"x","b":"\u0078\/","c":[{"d":1.5,"e":"y"},{}]}`)
	if n := testing.AllocsPerRun(10, read); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// seedsOfJSON are shapes that the services write, and odd ones.
func seedsOfJSON() []string {
	return []string{
		`{"Id":"a","ExtendedProperties":[{"Name":"RequestType","Value":"x"},{"Name":"b","NewValue":{"c":1}}]}`,
		`{"A.b":{"C":[1,true,null,"\u00e9",[2]]},"a":{"B.c":2}}`, `{"a":"{\"b\":[{\"name\":\"c\",\"VALUE\":\"[1]\"}]}"}`,
		`[{"Name":"a","Name":"b","Value":null}]`, `{"a":{"b":1},"a":{"b":2},"\u0061":{"b":3},"ſ":4}`, `{"a":[{"b":1},{"b":2},3]}`,
		`{"a":"\ud83d\ude00\ud83d","b":"` + "\xff" + `"}`, `{"a":[{"name":"b","x":{"é":1},"value":1}]}`, `{"a" : { "b" : [ ] } ,"c":-1.5e3}`,
		`{"a":1`, `{"a":01}`, `{"a":"` + "\n" + `"}`, strings.Repeat(`{"a":[`, 40),
	}
}

// FuzzCursor: what a cursor takes is valid and says what encoding/json says; what it refuses is invalid, deeply nested
// or has an odd name.
func FuzzCursor(f *testing.F) {
	for _, seed := range seedsOfJSON() {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, ok := take(text)
		if ok != json.Valid(text) {
			odd := bytes.IndexByte(text, '\\') >= 0 || !isASCII(text) || bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > maxNesting
			if ok || !odd {
				t.Fatalf("%q: read %v, encoding/json says %v", text, ok, !ok)
			}
		}
		if !ok {
			return
		}
		if want := bytes.Trim(text, " \t\r\n"); !bytes.Equal(value, want) {
			t.Fatalf("got %q, want %q", value, want)
		}
		var c Cursor
		c.Begin(text)
		if got, want := c.Text(), TextOf(value); !bytes.Equal(got, want) || (got == nil) != (want == nil) || !c.End() {
			t.Fatalf("%q: text %q, want %q", text, got, want)
		}
	})
}

// FuzzWalkPath: members and paths are the same whether a cursor reads or encoding/json alone.
func FuzzWalkPath(f *testing.F) {
	for _, seed := range seedsOfJSON() {
		for _, path := range []string{"a.b", "ExtendedProperties.RequestType", "a.b.c", "", "a", "s"} {
			f.Add([]byte(seed), path)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		if !json.Valid(text) {
			return // a record is valid before a path is followed in it
		}
		var got, want, several []string
		WalkPath(text, path, func(v Text) { got = append(got, fmt.Sprintf("%q %v", v, v == nil)) })
		slow := walker{slow: true, visit: func(v Text) { want = append(want, fmt.Sprintf("%q %v", v, v == nil)) }}
		slow.walk(text, strings.ToLower(path), 0)
		WalkPaths(text, []string{"x.y", path}, func(i int, v Text) {
			if i == 1 {
				several = append(several, fmt.Sprintf("%q %v", v, v == nil))
			}
		})
		if w := strings.Join(want, "|"); strings.Join(got, "|") != w || strings.Join(several, "|") != w {
			t.Fatalf("%q %q:\n got %q\nboth %q\nwant %q", text, path, got, several, want)
		}
		members, ok := Members(text)
		referee, wantOK := decodeMembers(text)
		if fmt.Sprintf("%q %v", members, ok) != fmt.Sprintf("%q %v", referee, wantOK) {
			t.Fatalf("%q: members %q %v, want %q %v", text, members, ok, referee, wantOK)
		}
	})
}
