package record

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// guessable is an object that some members fill.
type guessable struct {
	ID, Name, Text Text
	List           json.RawMessage
}

func guessableNames() *Names[guessable] {
	return NewNames([]Name[guessable]{
		{Name: "Id", Text: func(g *guessable) *Text { return &g.ID }},
		{Name: "Name", Text: func(g *guessable) *Text { return &g.Name }},
		{Name: "Text", Text: func(g *guessable) *Text { return &g.Text }},
		{Name: "List", Raw: func(g *guessable) *json.RawMessage { return &g.List }},
	})
}

// Promise: of any objects, one after the other, a guess says what reading each anew says.
func FuzzGuess(f *testing.F) {
	f.Add([]byte(`{"Id":"1","Name":"a\u0062","List":[1,{"x":"}"}],"Other":null}` + "\n" + `{"Id":"1","Name":"a\u0062","List":[1,{"x":"}"}],"Other":null}`))
	f.Add([]byte(`{"Id":12,"Name":""}` + "\n" + `{"Id":123,"Name":""}` + "\n" + `{"Id":12 ,"Name":null}` + "\n" + `{"Id":12`))
	f.Add([]byte(`{"value":[{}],"a_0":1}` + "\n" + `{"value":[{}],"a_0":1}` + "\n" + `{"id":"x","Id":"y","ID":"\xff"}` + "\n" + `{"id":"x","Id":"y","ID":"\xff"}x`))
	f.Add([]byte(`{"Text":"a","Text":"\n"}` + "\n" + `{"Text":"\n","Text":"\t"}` + "\n" + ` { "Text" : "\t" , "Text":"\t"}` + "\n{}\n[]\n{\"Text\":tru}"))
	names := guessableNames()
	f.Fuzz(func(t *testing.T, text []byte) {
		guess := NewGuess[guessable]()
		for range 3 { // the first values may come again
			for _, object := range bytes.Split(text, []byte{'\n'}) {
				var got, want guessable
				var fast, slow Cursor
				fast.Begin(object)
				guess.Scan(names, &fast, &got)
				slow.Begin(object)
				names.Scan(&slow, &want)
				if fast.End() != slow.End() || slow.End() && (!reflect.DeepEqual(got, want) || fast.Spread != slow.Spread || fast.Listed != slow.Listed) {
					t.Fatalf("%q: %v %q, want %v %q", object, fast.End(), got, slow.End(), want)
				}
			}
		}
	})
}

// Promise: objects with more members than a guess keeps are read as they are.
func TestGuessOfMany(t *testing.T) {
	guess, names := NewGuess[guessable](), guessableNames()
	for n := range 3 {
		var b strings.Builder
		for i := range 2 * guessMembers {
			b.WriteString(`,"m` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + `":1`)
		}
		var c Cursor
		var got guessable
		c.Begin([]byte(`{"Name":"n"` + b.String() + `,"Id":"last"}`))
		guess.Scan(names, &c, &got)
		if !c.End() || string(got.ID) != "last" || string(got.Name) != "n" {
			t.Errorf("time %d: %q", n, got)
		}
	}
}

// Promise: once an object was read, one like it costs no memory.
func TestGuessAllocates(t *testing.T) {
	guess, names, c := NewGuess[guessable](), guessableNames(), &Cursor{}
	object := []byte(`{"Id":"1","Name":"a\u0062","List":[1,{"x":"}"}],"Other":null}`)
	var to guessable
	if n := testing.AllocsPerRun(100, func() {
		c.Forget()
		c.Begin(object)
		guess.Scan(names, c, &to)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
