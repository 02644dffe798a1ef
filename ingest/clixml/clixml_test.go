package clixml

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// Whatever the text, what is read of it are whole objects of JSON.
func FuzzReader(f *testing.F) {
	f.Add([]byte(`<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>x</T></TN><MS><S N="a">b_x000A_c</S><B N="t">true</B><Nil N="n" /><Obj N="l" RefId="1"><LST><S>1</S><I32>2</I32></LST></Obj><Obj N="d" RefId="2"><DCT><En><S N="Key">k</S><S N="Value">v</S></En></DCT></Obj></MS></Obj></Objs>`))
	f.Add([]byte(`<Objs ><Obj><MS><S N="a">b</S></MS></Obj><Obj><MS><S N="c">`))
	f.Fuzz(func(t *testing.T, text []byte) {
		Is(text)
		got, _ := io.ReadAll(NewReader(bytes.NewReader(text)))
		d := json.NewDecoder(bytes.NewReader(got))
		for {
			var object map[string]any
			if err := d.Decode(&object); err == io.EOF {
				return
			} else if err != nil {
				t.Fatalf("%q: %v", got, err)
			}
		}
	})
}

func TestReader(t *testing.T) {
	text := "<Objs Version=\"1.1.0.1\">\n<Obj RefId=\"0\">\n<MS>\n<S N=\"a\">b_x000A_c</S><B N=\"t\">true</B><I32 N=\"i\">-3</I32><Nil N=\"n\" />" +
		"<Obj N=\"l\" RefId=\"1\"><LST><S>1</S><I32>2</I32></LST></Obj><Obj N=\"d\"><DCT><En><S N=\"Key\">k</S><S N=\"Value\">v</S></En></DCT></Obj>\n</MS>\n</Obj>\n<Obj><Props><S N=\"e\">f</S></Props></Obj>\n</Objs>"
	got, err := io.ReadAll(NewReader(strings.NewReader(text)))
	want := `{"a":"b\nc","t":true,"i":-3,"n":null,"l":["1",2],"d":{"k":"v"}}`
	if lines := strings.Split(string(got), "\n"); err != nil || lines[0] != want || !strings.Contains(string(got), `{"e":"f"}`) {
		t.Errorf("%s, %v", got, err)
	}
}
