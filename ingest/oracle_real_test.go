package ingest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// summit is real AuditData of so many distinct records; it skips where there is no shared data.
func summit(t *testing.T, records int) []string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "shared", "data", "summit", "summit_search_ual.csv"))
	if err != nil {
		t.Skipf("no shared data: %v", err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for i, name := range header {
		if strings.TrimPrefix(name, "\ufeff") == "AuditData" {
			at = i
		}
	}
	var list []string
	seen := map[string]bool{}
	for len(list) < records {
		row, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		var h wrapperHead
		if json.Unmarshal([]byte(row[at]), &h) == nil && !seen[h.ID] {
			seen[h.ID] = true
			list = append(list, row[at])
		}
	}
	return list
}

// TestDamageInRealRecords keeps the promise of TestDamageCostsItselfOnly with a real tenant's records in every wrapping:
// in one of them a lost backslash cost 74 of 87.
func TestDamageInRealRecords(t *testing.T) {
	list := summit(t, sampleRecords)
	var wrapped []string
	for i, o := range list {
		wrapped = append(wrapped, jsonText(object{{"RecordType", "x"}, {"CreationDate", "y"}, {"UserIds", "z"}, {"AuditData", o}, {"ResultIndex", i}}))
	}
	var names []string
	for name := range layouts() {
		names = append(names, name)
	}
	random, whole := damageEffort()
	all := append(laidOut("audit-json", list, names...), name("wrapped text", laidOut("audit-json", wrapped, "lines", "array", "pretty"))...)
	all = append(all, sample{"audit-center-csv", "table", asTable(t, "CreationDate,UserIds,Operations,AuditData", list, searchCell("z"))})
	for _, s := range all {
		t.Run(s.how, func(t *testing.T) {
			t.Log("figure: real records, ", s.how, ": ", damageSample(t, s, random/8, min(whole, 1)))
		})
	}
}

// TestDamageInRealFiles: an edit in any of the shared files costs a record and a neighbour at most. Small files are
// refused where what makes them known is damaged.
func TestDamageInRealFiles(t *testing.T) {
	root := filepath.Join("..", "..", "shared", "data")
	edited := 2
	if random, _ := damageEffort(); random > 0 {
		edited = 300
	}
	b := newBench(t)
	total := figures{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "README.md" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || len(text) > 4<<20 || bytes.HasPrefix(text, []byte("PK")) || bytes.HasPrefix(text, []byte("\xff\xfe")) {
			return err
		}
		whole := b.read(t, text)
		if whole.err != nil || len(whole.places) < 3 {
			return nil
		}
		inside := wrapperOf(t, text)
		r := rand.New(rand.NewPCG(uint64(len(text)), 4))
		for range edited {
			e := edit{r.IntN(len(text)), edits()[r.IntN(len(edits()))], r.IntN(8)}
			now := b.read(t, e.apply(text))
			d := compare(whole, now)
			total.add(d, inside(e.at))
			if why := verdict(whole, now, d, e, inside(e.at)); why != "" && now.err == nil {
				total.bad++
				t.Errorf("%s: %q, bit %d at %d: %s", filepath.Base(path), e.kind, e.bit, e.at, why)
			}
		}
		return nil
	})
	if os.IsNotExist(err) {
		t.Skip("no shared data")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Log("figure: real files: ", fmt.Sprint(total))
}
