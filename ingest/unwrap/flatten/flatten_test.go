package flatten

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"triage/ingest/record"
)

func stepsOf(st *style, name string) string {
	var parts []string
	for _, s := range st.parse(name) {
		switch {
		case s.place == every:
			parts = append(parts, "*")
		case s.place >= 0:
			parts = append(parts, string(rune('0'+s.place)))
		default:
			parts = append(parts, s.name)
		}
	}
	return strings.Join(parts, " ")
}

// A place is found in every spelling, and no name that only looks like one is taken apart.
func TestNames(t *testing.T) {
	st := styleOf(nil)
	f := func(name, want string) {
		t.Helper()
		if got := stepsOf(&st, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{
		"Parameters_0_Name", "Parameters.0.Name", "Parameters[0].Name", "Parameters[0]_Name", "Parameters.[0].Name",
		"Parameters__0__Name", "Parameters/0/Name", "Parameters:0:Name", "Parameters-0-Name", "Parameters{0}.Name",
		"Parameters>0>Name", "Parameters->0->Name", "Parameters['0']['Name']", "Parameters[0]['Name']", "Parameters[0][Name]",
		"Parameters0Name", "Parameters0.Name", "Parameters0_Name", "Parameters#0.Name", "Parameters 0 Name", "Parameters, 0, Name",
		"Parameters_Name_0", "Parameters.Name[0]", "Parameters Name 0", "parameters=0=Name",
		"Parameters(0).Name", "Parameters[0]Name", "Parameters|0|Name", "Parameters.0_Name", "\ufeffParameters_0_Name",
	} {
		if got := stepsOf(&st, name); !strings.EqualFold(got, "Parameters 0 Name") {
			t.Errorf("%s: %q", name, got)
		}
	}
	f("Folders_0_FolderItems_1_InternetMessageId", "Folders 0 FolderItems 1 InternetMessageId")
	f("Folders[0].FolderItems[1].InternetMessageId", "Folders 0 FolderItems 1 InternetMessageId")
	f("AffectedItems_2_ParentFolder_Path", "AffectedItems 2 ParentFolder Path")
	f("_source.o365.audit.Parameters.0.Name", "_source o365 audit Parameters 0 Name")
	f("riskEventTypes_0", "riskEventTypes 0")
	f("Folders>0>FolderItems>1>InternetMessageId", "Folders 0 FolderItems 1 InternetMessageId")
	f("Folders0FolderItems1InternetMessageId", "Folders 0 FolderItems 1 InternetMessageId")
	f("AuditData>Parameters>0>Name", "AuditData Parameters 0 Name")
	f("matrix[0][1]", "matrix 0 1")
	f("matrix_0_1", "matrix 0 1")
	f("status.errorCode", "status errorCode")
	f("Parameters{}.Name", "Parameters * Name")
	for _, name := range []string{
		"", "Client_IPAddress", "Param_Name", "Target1ModifiedProperty1Name", "Parameters", "ParametersName", "Folders (Count)", "Actor1", "Members Count 2",
		"Office365", "Sha_2560", "@odata.type", "_0", "0_a",
		"Date (UTC)", "IP address (seen by resource)", "a.", ".a", "time_2026_x", "anna@contoso.com",
		"203.0.113.50", "2026-03-02T10:00:00.000", `{"a.b":1}`,
	} {
		f(name, "")
	}
}

// Names that end in the letters of Log Analytics are read without them where the whole table has them.
func TestTypedNames(t *testing.T) {
	st := styleOf([]string{"TimeGenerated [UTC]", "CreationTime_t", "Operation_s", "Id_g", "RecordType_d", "properties_a_s", "properties_b_s", "properties_c_d"})
	f := func(name, want string) {
		t.Helper()
		if got := stepsOf(&st, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	f("Operation_s", "Operation")
	f("properties_a_s", "properties a")
	f("TimeGenerated", "")
	f("Parameters_0_Name_s", "Parameters 0 Name")
	if st := styleOf([]string{"Operation_s", "UserId", "CreationTime", "Workload", "x_t"}); st.suffix {
		t.Error("two names of five are no custom table")
	}
}

func row(t *testing.T, header, cells string) string {
	t.Helper()
	sep := ","
	if strings.Contains(header, ";") {
		sep = ";"
	}
	table, ok := OfTable(strings.Split(header, sep), nil)
	if !ok {
		return "not flattened"
	}
	var in [][]byte
	for _, c := range strings.Split(cells, sep) {
		in = append(in, []byte(c))
	}
	whole, lossy := table.Rows().Row(in)
	var out []string
	for i, c := range whole {
		out = append(out, table.Header[i]+"="+string(c))
	}
	if slices.Contains(lossy, true) {
		out = append(out, "lossy")
	}
	return strings.Join(out, " ")
}

// Rows are what they were before they were flattened; what is missing of them is said.
func TestRows(t *testing.T) {
	f := func(header, cells, want string) {
		t.Helper()
		if got := row(t, header, cells); got != want {
			t.Errorf("%s\n%s:\n%s, want\n%s", header, cells, got, want)
		}
	}
	f("Id,P_0_Name,P_0_Value,P_1_Name,P_1_Value", "7,a,b,c,d", `Id=7 P=[{"Name":"a","Value":"b"},{"Name":"c","Value":"d"}]`)
	f("/Id,/P/0/Name,/P/0/Value", "7,a,b", `Id=7 P=[{"Name":"a","Value":"b"}]`)
	f("P.Name,P.Value", "a;b,c;d", `P=[{"Name":"a","Value":"c"},{"Name":"b","Value":"d"}]`)
	f("P.Name,P.Value", "a|b,c|d;e", `P=[{"Name":"a","Value":"c"},{"Name":"b","Value":"d;e"}]`)
	f("P.Name,P.Value", "a,c;d", `P=[{"Name":"a","Value":"c;d"}]`)
	f("P.Name,P.Value", "a;b,c", `P= lossy`)
	f("P_1_Value,Id,P_0_Value,P_0_Name,P_1_Name", "d,7,b,a,c", `P=[{"Value":"b","Name":"a"},{"Value":"d","Name":"c"}] Id=7`)
	f("P_0_Name,P_0_Value,P_1_Name,P_1_Value", "a,b,,", `P=[{"Name":"a","Value":"b"}]`)
	f("P_0_Name,P_1_Name,Id", ",,7", `P= Id=7`)
	f("P.1.Name,P.2.Name", "a,b", `P=[{"Name":"a"},{"Name":"b"}]`) // counted from one
	f("P_0_Name,P_2_Name", "a,b", `P=[{"Name":"a"},{"Name":"b"}] lossy`)
	f("P_5_Name,P_6_Name", "a,b", `P=[{"Name":"a"},{"Name":"b"}] lossy`)
	f("P,P_0_Name", "System.Object[],a", `P=[{"Name":"a"}]`)
	f("P,P_0_Name", `[1],a`, `P=[1]`)
	f("P_0_Name,P_1_Name", "System.Object[],b", `P=[{"Name":"b"}] lossy`)
	f("F_0_Path,F_0_I_0_M,F_0_I_1_M", `\In,<a>,<b>`, `F=[{"Path":"\\In","I":[{"M":"\u003ca\u003e"},{"M":"\u003cb\u003e"}]}]`)
	f("Item_Subject,Item_ParentFolder_Path,Client_IPAddress", "x,y,z", `Item={"Subject":"x","ParentFolder":{"Path":"y"}} Client_IPAddress=z`)
	f("P{}.Name,P{}.Value", "a\nb,c\nd", `P=[{"Name":"a","Value":"c"},{"Name":"b","Value":"d"}]`)
	f("P{}.Name,P{}.Value", "a\nb,c", `P= lossy`)
	f("P{}.Name,P{}.I{}.M", "a,b", `P=[{"Name":"a"}] lossy`)
	f("P.Name;P.Value", "a, b;c, d", `P=[{"Name":"a","Value":"c"},{"Name":"b","Value":"d"}]`)
	f("P.Name;P.Value", "a, b;c, d, e", `P= lossy`)
	f("Id,Param_Name", "7,a", "not flattened")
}

func TestObjects(t *testing.T) {
	f := func(object, want string) {
		t.Helper()
		members, _ := record.Members([]byte(object))
		whole, _, lossy, ok := Object([]byte(object), members)
		got := string(whole)
		if lossy {
			got += " lossy"
		}
		if !ok {
			got = "not flattened"
		}
		if got != want {
			t.Errorf("%s:\n%s, want\n%s", object, got, want)
		}
	}
	f(`{"a":1,"P[0].n":true,"P[1].n":null,"P[2].n":"x"}`, `{"a":1,"P":[{"n":true},{"n":"x"}]}`)
	f(`{"status.errorCode":50126,"status.more":{"a":1}}`, `{"status":{"errorCode":50126,"more":{"a":1}}}`)
	f(`{"P{}.Name":["a","b"],"P{}.Value":["c","d"]}`, `{"P":[{"Name":"a","Value":"c"},{"Name":"b","Value":"d"}]}`)
	f(`{"P{}.Name":"a","P{}.Value":"c"}`, `{"P":[{"Name":"a","Value":"c"}]}`)
	f(`{"a.b":["x"],"P.Name":["m","n"],"P.Value":["1","2"],"_id":"7"}`, `{"a":{"b":"x"},"P":[{"Name":"m","Value":"1"},{"Name":"n","Value":"2"}],"_id":"7"}`)
	f(`{"P.Name":["m","n"],"P.Value":["1"]}`, `{} lossy`)
	f(`{"P":{"value":[{"Q":{"value":[1],"Count":1}}],"Count":1},"c":1}`, `{"P":[{"Q":[1]}],"c":1}`)
	f(`{"P":{"value":[1],"Count":1,"x":2}}`, "not flattened")
	f(`{"a_b":1,"@odata.type":"x"}`, "not flattened")
	f(`{"a.0":1,"a.b":2}`, `{"a":[1]} lossy`)
}

// What Python prints is read as it was meant, and nothing else is.
func TestRepr(t *testing.T) {
	f := func(cell, want string) {
		t.Helper()
		got := "none"
		if isRepr([]byte(cell)) {
			if text, ok := fromRepr([]byte(cell)); ok {
				got = string(text)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", cell, got, want)
		}
	}
	f(`[{'Name': 'a', 'Value': "it's"}, {'Name': 'b', 'Value': None, 'x': True, 'y': [1, -2.5]}]`, `[{"Name": "a", "Value": "it's"}, {"Name": "b", "Value": null, "x": true, "y": [1, -2.5]}]`)
	f(`{'a': 'q\'s \\ "x" \u00e4\n'}`, `{"a": "q's \\ \"x\" ä\n"}`)
	f(`[{"Name": "a"}]`, "none")
	f(`{'a': 'b`, "none")
	f(`'a'`, "none")
	f(`[]`, "none")
}

// FuzzFlatten: whatever names and values are, what is rebuilt is JSON, and a table has a cell for each of its columns.
func FuzzFlatten(f *testing.F) {
	f.Add("Id,P_0_Name,P_0_Value,P_1_Name", "7,a,b,c", `{"a":1,"P[0].n":true,"P.1.n":null}`)
	f.Add("P{}.Name,P{}.Value,P.0", "a\nb,c\nd,[{'a': 1}]", `{"P.Name":["m"],"P.Value":["1","2"]}`)
	f.Add("a_s,b_t,c_d,Item_x,[0]", ",,,,", `{"P":{"value":[{"Q":{"value":[1],"Count":1}}],"Count":1}}`)
	f.Fuzz(func(t *testing.T, header, cells, object string) {
		names := strings.Split(header, ",")
		row := strings.Split(cells, ",")
		if table, ok := OfTable(names, [][]string{row}); ok {
			var in [][]byte
			for _, c := range row {
				in = append(in, []byte(c))
			}
			whole, lossy := table.Rows().Row(in)
			if len(whole) != len(table.Header) || len(lossy) != len(whole) {
				t.Fatalf("%d cells, %d columns", len(whole), len(table.Header))
			}
			for i, root := range table.tree.roots {
				if len(root.kids) > 0 && root.leaf < 0 && len(whole[i]) > 0 && !json.Valid(whole[i]) {
					t.Fatalf("%q of %q: %q", root.name, names, whole[i])
				}
			}
		}
		if !json.Valid([]byte(object)) {
			return
		}
		members, ok := record.Members([]byte(object))
		if !ok {
			return
		}
		if whole, _, _, ok := Object([]byte(object), members); ok && !json.Valid(whole) {
			t.Fatalf("%s: %s", object, whole)
		}
	})
}
